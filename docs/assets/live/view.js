// Shows frames: the equation, the sheet, the curves, each receipt, the log. Live or recorded, it is the same.
(() => {
  "use strict";
  const { element, makeSheet, makeCurves } = globalThis.ReceiptsLive;
  const LINES = 40; // kept in the log
  const MOST_RECEIPTS = 1000; // shown one by one
  const TERMS = [
    ["stored", "s", "stored"],
    ["read", "r", "read, to be written"],
    ["reading", "", "being read"],
    ["waiting", "w", "to be read"],
    ["rejected", "x", "rejected"],
    ["dead", "d", "dead-lettered"],
  ];
  const STATES = { w: "to be read", r: "read, to be written", s: "stored", x: "rejected", d: "dead-lettered" };

  const CURVES = [
    { key: "read", title: "wait to be written", say: (f) => `${f.read}` },
    { key: "rate", title: "rows/s, over 15 s", limit: "ceiling", say: (f) => `${f.rate.toFixed(2)}; ${+(f.ceiling || 0).toFixed(2)} allowed` },
    { key: "connections", title: "connections", limit: "limit", say: (f) => (f.limit ? `${f.connections} of ${f.limit}` : "database away") },
    { key: "app_p95_ms", title: "expenses app, p95", say: (f) => (f.app_p95_ms === undefined ? "…" : `${Math.round(f.app_p95_ms)} ms${f.app_failed ? `, ${f.app_failed} calls failed` : ""}`) },
  ];
  // What a frame leaves out is 0, or unknown where the database would have to say it.
  const sample = (frame) => ({ ...frame, read: frame.read || 0, rate: frame.rate || 0 });

  function makeEquation(root) {
    const place = root.querySelector(".rl-equation"), bar = root.querySelector(".rl-bar");
    const term = (name, className) => {
      const whole = element("span", `rl-term ${className}`), number = element("b", "", "0");
      whole.append(number, " ", element("span", "", name));
      place.append(whole, " ");
      return number;
    };
    const expected = term("receipts", "rl-all");
    const numbers = TERMS.map(([key, , name], i) => {
      place.append(element("span", "rl-sign", i ? "+" : "="), " ");
      const part = element("i", `rl-${key}`);
      bar.append(part);
      return { key, number: term(name, `rl-${key}`), part };
    });
    return (frame) => {
      expected.textContent = frame.expected ?? "?";
      for (const { key, number, part } of numbers) {
        number.textContent = frame[key] || 0;
        part.style.flexGrow = frame[key] || 0;
      }
    };
  }

  function makeReceipts(root, open) {
    const place = root.querySelector(".rl-receipts"), buttons = [];
    const key = root.querySelector(".rl-states");
    for (const [state, name] of Object.entries(STATES)) {
      const one = element("span");
      one.append(element("i", `rl-receipt ${state}`), ` ${name}`);
      key.append(one, " ");
    }
    const select = (number) => {
      const before = place.querySelector('[tabindex="0"]');
      if (before) before.tabIndex = -1;
      buttons[number - 1].tabIndex = 0;
    };
    place.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      select(Number(button.dataset.number));
      open(Number(button.dataset.number));
    });
    place.addEventListener("keydown", (event) => {
      const at = Number(document.activeElement.dataset.number || 0);
      const row = buttons.filter((it) => it.offsetTop === buttons[0].offsetTop).length;
      const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: row, ArrowUp: -row, Home: 1 - at, End: buttons.length - at }[event.key];
      if (!at || by === undefined) return;
      event.preventDefault();
      const to = Math.min(buttons.length, Math.max(1, at + by));
      select(to);
      buttons[to - 1].focus();
    });
    const set = (number, state) => {
      const button = buttons[number - 1];
      if (!button || button.dataset.state === state) return;
      button.dataset.state = state;
      button.className = `rl-receipt ${state}`;
      button.setAttribute("aria-label", `receipt ${number}: ${STATES[state]}`);
    };
    return {
      grow(count) {
        while (buttons.length < Math.min(count, MOST_RECEIPTS)) {
          const button = element("button");
          button.type = "button";
          button.dataset.number = buttons.length + 1;
          button.tabIndex = buttons.length ? -1 : 0;
          buttons.push(button);
          set(buttons.length, "w");
          place.append(button);
        }
      },
      set,
      reset(states) { buttons.forEach((_, i) => set(i + 1, states[i] || "w")); },
    };
  }

  function makeView(root, open) {
    const figure = document.getElementById("whole-system-figure");
    root.querySelector(".rl-sheet").append(figure.closest(".picture") || figure);
    const equation = makeEquation(root), receipts = makeReceipts(root, open);
    const sheet = makeSheet(), curves = makeCurves(root.querySelector(".rl-curves"), CURVES);
    const log = root.querySelector(".rl-log"), verdict = root.querySelector(".rl-verdict");
    root.querySelector(".rl-key").textContent =
      "Beside a queue: how many messages, and for how many seconds the oldest has waited. Beside a function: how many times its work was done (×). " +
      "Beside PostgreSQL: rows that were counted there; the ledger hears of each a moment later. " +
      "Rows: in 15 s at most 15 times what is allowed and one transaction more, so under a low ceiling the curve may cross its line.";
    let before = null;

    // Messages beyond the receipts that wait to be written: they were sent a second time.
    const repeats = (frame) => Math.max(0, (frame.queues?.["write-queue"] || 0) - (frame.read || 0));

    function judge(frame) {
      const found = frame.verdict, again = repeats(frame);
      const copies = again > 1 ? ` ${again} messages on the write queue are repeats: each takes its turn, and adds no row.` : "";
      const text = found ? `${found.right ? "It balances" : "It does NOT balance"}: ${found.text}.`
        : frame.faults?.length ? `Broken at the moment: ${frame.faults.join(", ")}. Nothing is lost: it waits.${copies}`
          : frame.expected ? `On the way: each receipt is in exactly one of these places.${copies}` : "Nothing was sent yet.";
      if (verdict.textContent !== text) verdict.textContent = text;
      verdict.className = `rl-verdict ${found ? (found.right ? "right" : "wrong") : ""}`;
    }

    // Pairs of a time in seconds and a line.
    function say(lines) {
      for (const [at, line] of lines) {
        const item = element("p");
        item.append(element("span", "rl-at", `${Math.floor(at / 60)}:${String(Math.floor(at % 60)).padStart(2, "0")}`), ` ${line}`);
        log.append(item);
      }
      while (log.children.length > LINES) log.firstChild.remove();
      if (lines.length) log.scrollTop = log.scrollHeight;
    }

    function milestones(frame) {
      const lines = [...(frame.said || [])];
      if (before?.expected === undefined && frame.expected) lines.push(`the archive holds ${frame.expected} receipts`);
      if (frame.verdict && !before?.verdict) lines.push(frame.verdict.right ? "it balances" : "it does NOT balance");
      return lines;
    }

    function draw(frame, lines) {
      receipts.grow(frame.expected || 0);
      for (const [number, state] of frame.changed || []) receipts.set(number, state);
      equation(frame);
      sheet.show(frame, before);
      judge(frame);
      say(lines.map((line) => [frame.at, line]));
      before = frame;
    }

    return {
      frame(frame) {
        draw(frame, milestones(frame));
        curves.show(sample(frame));
      },
      hello({ states, frames, said }) {
        before = null;
        log.replaceChildren();
        say(said);
        const last = frames.at(-1);
        if (last) draw({ ...last, changed: [] }, []);
        receipts.reset(states);
        curves.reset(frames.map(sample));
      },
      sizes: () => ({ samples: curves.size(), lines: log.children.length, elements: document.getElementsByTagName("*").length }),
    };
  }

  Object.assign(globalThis.ReceiptsLive, { makeView });
})();
