// A receipt in doubt is corrected: a form beside its row, then the correction on its way to the client's table.
(() => {
  "use strict";
  const { element } = globalThis.ReceiptsLive;
  const LOOK_AGAIN_MS = 1000;
  const FIELDS = [
    ["merchant", "Merchant", {}], ["date", "Date", { type: "date" }], ["total", "Total", { inputMode: "decimal" }],
    ["currency", "Currency", { maxLength: 3 }], ["address", "Address", { lines: true }],
    ["time", "Time", { type: "time", step: 1 }], ["payment_method", "Paid by", {}],
  ];
  let who = ""; // whoever corrected last corrects the next one, too

  const said = (value) => (value === null || value === undefined ? "nothing" : value);
  const changes = (one) => Object.keys(one.new).map((name) => `${name}: ${said(one.old[name])} → ${said(one.new[name])}`);

  function noted(one) {
    if (!one.row) return element("p", "rl-waits", `Corrected by ${one.by}, waiting for the agent. ${changes(one).join("; ")}`);
    const table = element("table"), body = element("tbody");
    table.append(element("caption", "", "Its row in the client's table “correction”"), body);
    const lines = [["correction_id", one.row.correction_id], ["old → new", changes(one.row).join("\n")], ["corrected by", one.row.corrected_by], ["stored", one.row.stored_at]];
    for (const [name, value] of lines) {
      const line = element("tr"), head = element("th", "", name);
      head.scope = "row";
      line.append(head, element("td", "", value));
      body.append(line);
    }
    return table;
  }

  function field(name, title, how, value, doubted) {
    const label = element("label", doubted ? "rl-doubted" : "", doubted ? `${title} (in doubt)` : title);
    const input = element(how.lines ? "textarea" : "input");
    const { lines, ...rest } = how;
    Object.assign(input, { name, value: value ?? "", ...(lines ? { rows: 2 } : rest) });
    input.autocomplete = "off";
    input.value = value ?? ""; // after its type: a date takes nothing else
    label.append(input);
    return { name, input, before: input.value, label };
  }

  function form(number, found, now, after) {
    const place = element("form", "rl-correct"), refused = element("p", "rl-refused");
    refused.setAttribute("role", "alert");
    const doubted = found.look_at || [];
    const fields = FIELDS.map(([name, title, how]) => field(name, title, how, now.fields[name], doubted.includes(name)));
    const by = field("by", "Your name", { required: true, maxLength: 100 }, who, false);
    const send = element("button", "", "Send the correction");
    place.noValidate = true; // what is wrong is said by whoever takes it, once
    place.append(...fields.map((one) => one.label), by.label, send, refused);
    const wrong = (text) => {
      refused.textContent = text;
      const input = [...fields, by].find((one) => text.startsWith(`${one.name}:`))?.input;
      input?.setAttribute("aria-invalid", "true");
      (input || send).focus();
    };
    place.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (send.getAttribute("aria-disabled")) return;
      for (const one of [...fields, by]) one.input.removeAttribute("aria-invalid");
      refused.textContent = "";
      who = by.input.value;
      const unread = fields.find((one) => one.input.validity.badInput);
      if (unread) return wrong(`${unread.name}: it is not whole`);
      const values = Object.fromEntries(fields.filter((one) => one.input.value !== one.before).map((one) => [one.name, one.input.value]));
      if (!Object.keys(values).length) return wrong("Nothing differs from what stands there.");
      send.setAttribute("aria-disabled", "true"); // it keeps the focus
      try {
        const answer = await fetch(`receipt/${number}/corrections`, {
          method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ by: who, values }),
        });
        if (answer.ok) await after();
        else wrong(await answer.text());
      } catch {
        wrong("The demo does not answer.");
      }
      send.removeAttribute("aria-disabled");
    });
    return place;
  }

  /** Adds to the row of a receipt that was read what was corrected of it, and the form for more. */
  async function correct(number, found, beside) {
    if (!found.row) return;
    const whole = element("section", "rl-corrections"), told = element("div", "rl-noted");
    told.setAttribute("aria-live", "polite");
    told.tabIndex = -1;
    whole.setAttribute("aria-label", "Corrections");
    const open = element("details");
    open.open = Boolean(found.look_at?.length);
    open.append(element("summary", "", "Correct it"));
    const look = async () => {
      const answer = await fetch(`receipt/${number}/corrections`);
      if (!answer.ok) throw new Error(await answer.text());
      return answer.json();
    };
    const show = (now) => {
      const text = JSON.stringify(now.noted);
      if (told.dataset.shown === text) return;
      told.dataset.shown = text;
      told.replaceChildren(...now.noted.map(noted));
      if (!now.noted.length) return;
      const all = element("a", "", "Everything that was corrected, as labelled receipts to measure with (ZIP)");
      all.href = "corrected.zip";
      all.download = "corrected.zip";
      told.append(all);
    };
    const follow = async () => { // until the agent has written it, or the panel is closed
      try {
        const now = await look();
        show(now);
        if (whole.isConnected && now.noted.some((one) => !one.row)) setTimeout(follow, LOOK_AGAIN_MS);
      } catch { /* the demo has ended: what stands there stays */ }
    };
    const fill = async () => {
      const now = await look();
      show(now);
      open.querySelector("form")?.remove();
      open.append(form(number, found, now, async () => {
        await fill();
        open.open = false;
        told.focus();
        follow();
      }));
      return now;
    };
    try {
      const now = await fill();
      whole.append(told, open);
      beside.append(whole);
      if (now.noted.some((one) => !one.row)) follow();
    } catch { /* nobody takes corrections of it */ }
  }

  Object.assign(globalThis.ReceiptsLive, { correct });
})();
