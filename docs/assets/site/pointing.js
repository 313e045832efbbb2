/* Pictures that answer: what is pointed at is lit with all that belongs to it, and the rest dimmed. */
(function () {
  "use strict";

  const Sheets = (window.Sheets = window.Sheets || {});
  const SVG = "http://www.w3.org/2000/svg";

  /* One picture: its SVG, its steps, and what the build says of each part and arrow, by their ids. */
  class Sheet {
    constructor(figure, facts) {
      this.figure = figure;
      this.svg = figure.querySelector("svg.sheet");
      this.panels = facts.panels;
      this.hints = facts.hints;
      this.minutes = facts.minutes;
      this.up = facts.up;
      this.name = this.svg.id;
      this.steps = [...figure.querySelectorAll("ol.sheet-steps > li")];
      this.sentences = this.steps.map((it) => it.textContent.trim());
      this.things = new Map(
        Object.keys(this.panels).map((id) => [id, document.getElementById(id)]));
      this.pinned = null; // what is lit while nothing is pointed at, as `belonging` takes it
      this.dead = "";
      this.listen();
    }

    isArrow(id) { return this.panels[id].ends !== undefined; }

    label(id) { return this.svg.querySelector(`.labels > [data-arrow="${id}"]`); }

    /* The ids of what belongs together: to a step, a part, an arrow's step, or to an arrow `alone`. */
    belonging({ step = 0, id = "", alone = false }) {
      const wanted = step || (id && !alone && this.panels[id].step) || 0;
      const arrows = Object.keys(this.panels).filter((it) => this.isArrow(it) && (wanted
        ? this.panels[it].step === wanted
        : it === id || this.panels[it].ends.includes(id)));
      const found = new Set(arrows.flatMap((it) => [it, ...this.panels[it].ends]));
      return id ? found.add(id) : found;
    }

    light(what) {
      const lit = what ? this.belonging(what) : new Set();
      const steps = new Set([...lit].map((it) => this.panels[it].step));
      this.svg.classList.toggle("pointing", lit.size > 0);
      this.steps.forEach((it, index) => it.classList.toggle("pointed", steps.has(index + 1)));
      for (const [id, element] of this.things) {
        for (const it of [element, this.label(id)].filter(Boolean)) {
          it.classList.toggle("pointed", lit.has(id));
          // Screen readers say "dimmed"; its words need no contrast now.
          if (lit.size && !lit.has(id)) it.setAttribute("aria-disabled", "true");
          else it.removeAttribute("aria-disabled");
        }
      }
      return lit;
    }

    pin(what) {
      this.pinned = what;
      this.steps.forEach((it, index) =>
        it.firstElementChild.setAttribute("aria-pressed", String(what?.step === index + 1)));
      return this.light(what);
    }

    listen() {
      const pointed = (element, what) => {
        const mouse = (event) => event.pointerType !== "touch";
        element.addEventListener("pointerenter", (event) => { if (mouse(event)) this.light(what); });
        element.addEventListener("pointerleave", (event) => { if (mouse(event)) this.light(this.pinned); });
        element.addEventListener("focus", () => { if (element.matches(":focus-visible")) this.light(what); });
        element.addEventListener("blur", () => this.light(this.pinned));
      };
      this.steps.forEach((it, index) => {
        const button = document.createElement("button");
        button.type = "button";
        button.append(...it.childNodes);
        it.append(button);
        const step = index + 1;
        pointed(button, { step });
        button.addEventListener("click", () =>
          this.pin(this.pinned?.step === step ? null : { step }));
      });
      for (const [id, element] of this.things) {
        element.setAttribute("role", "button"); // now it does something
        element.setAttribute("aria-expanded", "false");
        for (const it of [element, this.label(id)].filter(Boolean)) {
          pointed(it, { id });
          it.addEventListener("click", () => Sheets.openPanel(this, id));
        }
        element.addEventListener("keydown", (event) => {
          if (event.key !== "Enter" && (event.key !== " " || this.presented)) return;
          event.preventDefault();
          Sheets.openPanel(this, id);
        });
      }
    }

    /* Grey a part out and cross it; "" brings all back. */
    die(id) {
      this.dead = id;
      this.svg.querySelector(".death")?.remove();
      for (const [it, element] of this.things) element.classList.toggle("dead", it === id);
      if (!id) return;
      const icon = this.things.get(id).querySelector("use:not(.behind)");
      const [x, y, side] = ["x", "y", "width"].map((it) => Number(icon.getAttribute(it)));
      const cross = document.createElementNS(SVG, "path");
      cross.setAttribute("class", "death");
      cross.setAttribute("d", `M${x} ${y}l${side} ${side}M${x + side} ${y}l${-side} ${side}`);
      document.getElementById(`${this.name}-overlay`).append(cross);
    }
  }

  Sheets.all = [...document.querySelectorAll(".picture .sheet-figure")].map((figure) => {
    const facts = figure.parentElement.querySelector("script.sheet-facts");
    return new Sheet(figure, JSON.parse(facts.textContent));
  });
})();
