// What the live page, the watched peak and the agent's own page have in common: small curves, each against its limit.
(() => {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  const KEPT = 300; // samples, one a second: five minutes
  const WIDTH = 280, HEIGHT = 64;

  const make = (name, attributes, parent) => {
    const it = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) it.setAttribute(key, value);
    if (parent) parent.append(it);
    return it;
  };

  const element = (name, className, text) => {
    const it = document.createElement(name);
    if (className) it.className = className;
    if (text !== undefined) it.textContent = text; // text, never HTML: what is shown says what it likes
    return it;
  };

  // Light or dark, as the system has it.
  function followColours() {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const set = () => document.body.setAttribute("data-md-color-scheme", dark.matches ? "slate" : "default");
    dark.addEventListener("change", set);
    set();
  }

  // `curves`: of each its `key` in a sample, a `title`, the key of its `limit`, and what it can `say` of the last sample.
  function makeCurves(place, curves) {
    const samples = [];
    const shown = curves.map((curve) => {
      const figure = element("figure"), caption = element("figcaption"), now = element("b");
      caption.append(element("span", "", curve.title), now);
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
        const most = Math.max(curve.least || 1, ...values.filter(Number.isFinite), ...limits.filter(Number.isFinite)) * 1.1;
        const point = (value, i) => `${(i * step).toFixed(1)} ${(HEIGHT - 1 - (value / most) * (HEIGHT - 4)).toFixed(1)}`;
        const path = (all) => all.map((value, i) => (Number.isFinite(value) ? `${i && Number.isFinite(all[i - 1]) ? "L" : "M"}${point(value, i)}` : "")).join("");
        const whole = values.map((value) => (Number.isFinite(value) ? value : 0));
        line.setAttribute("d", path(values));
        limit.setAttribute("d", curve.limit ? path(limits) : "");
        area.setAttribute("d", samples.length ? `M0 ${HEIGHT}L${whole.map(point).join("L")}L${((samples.length - 1) * step).toFixed(1)} ${HEIGHT}Z` : "");
        now.textContent = samples.length ? curve.say(samples.at(-1)) : "";
      }
    }

    function add(sample) {
      samples.push(sample);
      if (samples.length > KEPT) samples.shift();
    }

    return {
      reset(all) { samples.length = 0; all.forEach(add); draw(); },
      show(sample) { add(sample); draw(); },
      size: () => samples.length,
    };
  }

  globalThis.ReceiptsLive = Object.assign(globalThis.ReceiptsLive || {}, { make, element, followColours, makeCurves });
})();
