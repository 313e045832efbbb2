// One receipt: its photo with what was read off it, beside its row. Everything it says is shown as text.
(() => {
  "use strict";
  const { element, make } = globalThis.ReceiptsLive;
  const NAMES = [
    ["merchant", "merchant"], ["address", "address"], ["date", "date"], ["time", "time"], ["total", "total"],
    ["tax", "tax"], ["currency", "currency"], ["payment_method", "paid by"], ["engine", "read by"], ["stored_at", "stored"],
  ];

  function photo(found) {
    const place = element("div", "rl-photo");
    if (!found?.url?.startsWith("data:image/webp;base64,")) {
      place.append(element("p", "", "There is no photo to show."));
      return place;
    }
    const image = element("img");
    image.src = found.url;
    image.alt = "The receipt as the engine saw it; the boxes are the words that it read.";
    const boxes = make("svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none", "aria-hidden": "true" });
    for (const [x, y, width, height, text, field] of found.boxes || []) {
      const it = make("rect", { x, y, width, height, class: field ? "rl-field" : "" }, boxes);
      make("title", {}, it).textContent = field ? `${field}: ${text}` : text;
    }
    place.append(image, boxes);
    return place;
  }

  function row(found) {
    const place = element("div", "rl-row");
    if (found.reason) place.append(element("p", "rl-reason", found.reason));
    if (!found.row) {
      place.append(element("p", "", found.reason ? "It has no row." : "It has no row yet."));
      return place;
    }
    const table = element("table"), body = element("tbody");
    table.append(element("caption", "", "Its row in the client's database"), body);
    for (const [key, name] of NAMES) {
      const value = found.row[key];
      if (value === null || value === undefined) continue;
      const line = element("tr", (found.look_at || []).includes(key) ? "rl-look" : "");
      const head = element("th", "", name);
      head.scope = "row";
      const sure = found.row.confidence?.[key];
      line.append(head, element("td", "", String(value)), element("td", "rl-sure", sure === undefined ? "" : `sure ${Number(sure).toFixed(2)}`));
      body.append(line);
    }
    const looked = found.look_at?.length ? `A person should look at: ${found.look_at.join(", ")}.` : "Nobody needs to look at it.";
    place.append(table, element("p", "", looked));
    return place;
  }

  function makeDetails(root, fetchReceipt) {
    const dialog = root.querySelector(".rl-details"), body = root.querySelector(".rl-details-body");
    const title = dialog.querySelector("h2");
    let asked = 0;
    dialog.addEventListener("close", () => body.replaceChildren());
    return async (number) => {
      asked += 1;
      const mine = asked;
      title.textContent = `Receipt ${number}`;
      body.replaceChildren(element("p", "", "Its photo is being read once more, for the boxes …"));
      if (!dialog.open) dialog.showModal();
      try {
        const found = await fetchReceipt(number);
        if (mine !== asked || !dialog.open) return;
        title.textContent = `Receipt ${number}: ${found.name}`;
        const beside = row(found);
        body.replaceChildren(photo(found.photo), beside);
        globalThis.ReceiptsLive.correct?.(number, found, beside); // only where there is somebody to take it
      } catch (error) {
        if (mine === asked) body.replaceChildren(element("p", "", error.message));
      }
    };
  }

  Object.assign(globalThis.ReceiptsLive, { makeDetails });
})();
