// Four small curves of the last minutes, each against what it must stay below.
(() => {
  "use strict";
  const { make } = globalThis.ReceiptsLive;
  const KEPT = 300; // samples, one a second: five minutes
  const WIDTH = 280, HEIGHT = 64;

  const CURVES = [
    { key: "read", title: "wait to be written", say: (f) => `${f.read || 0}` },
    { key: "rate", title: "rows/s, over 15 s", limit: "ceiling", say: (f) => `${(f.rate || 0).toFixed(2)}; ${+(f.ceiling || 0).toFixed(2)} allowed` },
    { key: "connections", title: "connections", limit: "limit", say: (f) => (f.limit ? `${f.connections} of ${f.limit}` : "database away") },
    { key: "app_p95_ms", title: "expenses app, p95", say: (f) => (f.app_p95_ms === undefined ? "…" : `${Math.round(f.app_p95_ms)} ms${f.app_failed ? `, ${f.app_failed} calls failed` : ""}`) },
  ];

  function makeCurves(place) {
    const samples = [];
    const shown = CURVES.map((curve) => {
      const figure = document.createElement("figure");
      const caption = document.createElement("figcaption");
      const title = document.createElement("span"), now = document.createElement("b");
      title.textContent = curve.title;
      caption.append(title, now);
      const svg = make("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true", preserveAspectRatio: "none" });
      const area = make("path", { class: "rl-area" }, svg), line = make("path", { class: "rl-line" }, svg);
      const limit = make("path", { class: "rl-limit" }, svg);
      figure.append(caption, svg);
      place.append(figure);
      return { curve, now, area, line, limit };
    });

    function draw() {
      const step = WIDTH / Math.max(60, samples.length - 1);
      for (const { curve, now, area, line, limit } of shown) {
        const values = samples.map((it) => it[curve.key]), limits = samples.map((it) => it[curve.limit]);
        const most = Math.max(1, ...values.filter(Number.isFinite), ...limits.filter(Number.isFinite)) * 1.1;
        const point = (value, i) => `${(i * step).toFixed(1)} ${(HEIGHT - 1 - (value / most) * (HEIGHT - 4)).toFixed(1)}`;
        const path = (all) => all.map((value, i) => (Number.isFinite(value) ? `${i && Number.isFinite(all[i - 1]) ? "L" : "M"}${point(value, i)}` : "")).join("");
        const whole = values.map((value) => (Number.isFinite(value) ? value : 0));
        line.setAttribute("d", path(values));
        limit.setAttribute("d", curve.limit ? path(limits) : "");
        area.setAttribute("d", samples.length ? `M0 ${HEIGHT}L${whole.map(point).join("L")}L${((samples.length - 1) * step).toFixed(1)} ${HEIGHT}Z` : "");
        now.textContent = samples.length ? curve.say(samples.at(-1)) : "";
      }
    }

    // What a frame leaves out is 0, or unknown where the database would have to say it.
    function add(frame) {
      samples.push({ ...frame, read: frame.read || 0, rate: frame.rate || 0 });
      if (samples.length > KEPT) samples.shift();
    }

    return {
      reset(frames) { samples.length = 0; frames.forEach(add); draw(); },
      show(frame) { add(frame); draw(); },
      size: () => samples.length,
    };
  }

  Object.assign(globalThis.ReceiptsLive, { makeCurves });
})();
