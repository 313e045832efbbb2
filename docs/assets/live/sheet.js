// The sheet comes alive: a badge beside each part, receipts that move along its arrows.
// It needs only the ids that diagrams/drawing/paint.py promises.
(() => {
  "use strict";
  const { make } = globalThis.ReceiptsLive;
  const MOST_DOTS = 24; // at a time: more says no more, and a page that is open for hours stays small
  const TRAVEL_MS = 900;

  function makeSheet(SHEET = "whole-system") {
    const overlay = document.getElementById(`${SHEET}-overlay`);
    const still = matchMedia("(prefers-reduced-motion: reduce)");
    const badges = new Map();
    let moving = 0;

    function badge(node, text, tone = "") {
      let it = badges.get(node);
      if (!it) {
        const icon = [...document.querySelectorAll(`#${SHEET}-node-${node} use`)].at(-1);
        if (!icon || !overlay) return;
        const group = make("g", { class: "rl-badge" }, overlay);
        it = { group, box: make("rect", { rx: 9, height: 18 }, group), text: make("text", {}, group) };
        const [x, y, width, height] = ["x", "y", "width", "height"].map((key) => Number(icon.getAttribute(key)));
        it.middle = x + width / 2; // on the icon's lower edge: above, arrows come in
        it.y = y + height - 19;
        badges.set(node, it);
      }
      if (it.said === text + tone) return;
      it.said = text + tone;
      it.group.setAttribute("class", `rl-badge ${tone}`);
      it.group.toggleAttribute("hidden", !text);
      it.text.textContent = text;
      const width = 14 + 6.6 * text.length;
      for (const [key, value] of [["x", it.middle - width / 2], ["y", it.y], ["width", width]]) it.box.setAttribute(key, value);
      it.text.setAttribute("x", it.middle);
      it.text.setAttribute("y", it.y + 13);
    }

    function mark(id, name, on) {
      const it = document.getElementById(`${SHEET}-${id}`);
      if (it) it.classList.toggle(name, on);
    }

    // One receipt along these arrows, one after the other.
    function travel(arrows, kind, delay) {
      if (still.matches || document.hidden || moving >= MOST_DOTS || !overlay) return;
      const paths = arrows.map((name) => document.getElementById(`${SHEET}-arrow-${name}-path`)).filter(Boolean);
      if (!paths.length) return;
      moving += 1;
      const dot = make("path", { class: `rl-dot ${kind}`, d: "M-4-6H4V5L2 6.500 0 5-2 6.500-4 5Z" }, overlay);
      dot.setAttribute("visibility", "hidden");
      const lengths = paths.map((path) => path.getTotalLength());
      const whole = lengths.reduce((sum, it) => sum + it, 0);
      let began = null;
      const step = (now) => {
        began ??= now + delay;
        const share = (now - began) / (TRAVEL_MS * paths.length);
        if (share >= 1 || !dot.isConnected) {
          dot.remove();
          moving -= 1;
          return;
        }
        if (share >= 0) {
          let left = share * whole, at = 0;
          while (left > lengths[at]) left -= lengths[at++];
          const point = paths[at].getPointAtLength(left);
          dot.setAttribute("transform", `translate(${point.x} ${point.y})`);
          dot.removeAttribute("visibility");
        }
        requestAnimationFrame(step);
      };
      requestAnimationFrame(step);
    }

    function flow(count, arrows, kind = "") {
      const shown = Math.min(count, 8);
      for (let i = 0; i < shown; i += 1) travel(arrows, kind, (i * 900) / shown);
    }

    const aged = (depth, age) => (depth ? `${depth}${age ? ` · ${age} s` : ""}` : "0");

    function show(frame, before) {
      const queues = frame.queues || {};
      const done = (it) => (it.read || 0) + (it.stored || 0) + (it.rejected || 0) + (it.dead || 0);
      const split = (frame.batches || 0) - (frame.unsplit || 0);
      const faults = frame.faults || [];
      const away = frame.rows === undefined && Boolean(frame.batches);
      const dead = frame.agent === "dead";
      badge("accept", frame.batches ? `×${frame.batches}` : "");
      badge("upload-queue", aged(queues["upload-queue"], 0));
      badge("split", split ? `×${split}` : "");
      badge("receipt-queue", aged(queues["receipt-queue"], frame.unread_age));
      badge("read", `×${done(frame)}${frame.reading ? ` · ${frame.reading} now` : ""}`);
      badge("write-queue", aged(queues["write-queue"], frame.unwritten_age), frame.read ? "waits" : "");
      badge("ledger", frame.expected === undefined ? "" : `${frame.expected}`);
      badge("pull-agent", frame.agent || "", dead || faults.length ? "bad" : "");
      badge("postgresql", away ? "away" : `${frame.rows ?? 0} rows`, away ? "bad" : "good");
      badge("expenses-app", frame.app_p95_ms === undefined ? "" : `p95 ${Math.round(frame.app_p95_ms)} ms`, frame.app_failed ? "bad" : "good");
      for (const name of ["upload-dlq", "receipt-dlq", "write-dlq"]) badge(name, queues[name] ? `${queues[name]}` : "", "bad");
      mark("node-postgresql", "rl-off", away);
      mark("node-pull-agent", "rl-off", dead);
      for (const name of ["write-queue-pull-agent", "pull-agent-ledger"]) mark(`arrow-${name}`, "rl-cut", faults.includes("link"));
      if (!before) return;
      const more = (key) => Math.max(0, (frame[key] || 0) - (before[key] || 0));
      flow(more("batches"), ["customer-batches-api", "batches-api-accept"]);
      flow(more("batches"), ["customer-receipts-bucket", "receipts-bucket-upload-queue"]);
      if (more("expected")) flow(Math.min(8, more("expected")), ["upload-queue-split", "split-receipt-queue"]);
      flow(Math.max(0, done(frame) - done(before) - more("rejected")), ["receipt-queue-read", "read-write-queue"]);
      flow(more("rejected"), ["receipt-queue-read", "read-ledger"], "bad");
      flow(more("stored"), ["write-queue-pull-agent", "pull-agent-postgresql"], "good");
      flow(1, ["customers-expenses-app", "expenses-app-postgresql"], "app");
    }

    return { show, badge };
  }

  Object.assign(globalThis.ReceiptsLive, { makeSheet });
})();
