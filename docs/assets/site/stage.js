/* The presenter: one picture in the whole window, a step a key, its sentence legible from the last row.

Its state is in the address: #present=whole-system.4, and &dead=write-queue where a part is dead. */
(function () {
  "use strict";

  const Sheets = window.Sheets;
  const ADDRESS = /^#present=([a-z-]+?)(?:\.(\d+))?(?:&dead=([a-z-]+))?$/;
  const STILL = matchMedia("(prefers-reduced-motion: reduce)");
  const NEXT = ["ArrowRight", "ArrowDown", "PageDown", " "];
  const BEFORE = ["ArrowLeft", "ArrowUp", "PageUp"];
  const INSIDE = `
    <div class="whole" tabindex="-1">
      <div class="room"></div>
      <div class="says" aria-live="polite"><span class="number"></span><p></p></div>
      <div class="bar">
        <button type="button" data-does="before" aria-label="Step before">←</button>
        <span class="count"></span>
        <button type="button" data-does="next" aria-label="Next step">→</button>
        <span class="time" role="timer" hidden><b></b> <span></span></span>
        <span class="rest"></span>
        <button type="button" data-does="smaller" aria-label="Smaller">−</button>
        <button type="button" data-does="frame">Fit</button>
        <button type="button" data-does="larger" aria-label="Larger">+</button>
        <button type="button" data-does="hint">Hint</button>
        <button type="button" data-does="time">Time</button>
        <button type="button" data-does="help">Keys</button>
        <button type="button" data-does="close">Close</button>
      </div>
      <section class="card" hidden><h2></h2><button type="button" aria-label="Close">×</button><div></div></section>
      <div class="blank" hidden></div>
    </div>`;

  class Stage {
    constructor(sheet) {
      this.sheet = sheet;
      this.dialog = document.createElement("dialog");
      this.dialog.className = "stage";
      this.dialog.innerHTML = INSIDE;
      this.title = sheet.svg.querySelector("title").textContent;
      this.about = sheet.figure.querySelector("figcaption > span").textContent;
      this.dialog.setAttribute("aria-label", `${this.title}, step by step`);
      this.room = this.dialog.querySelector(".room");
      this.camera = new Sheets.Camera(this.room, sheet.svg);
      this.aids = new Sheets.Aids(this.dialog, sheet);
      const does = {
        before: () => this.go(this.step - 1), next: () => this.go(this.step + 1),
        frame: () => this.frame(true), close: () => this.close(),
        smaller: () => this.camera.zoom(0.8), larger: () => this.camera.zoom(1.25),
        hint: () => this.aids.hint(), time: () => this.aids.nextTimer(), help: () => this.aids.help(),
        blank: () => { this.aids.blank.hidden = false; },
        kill: () => this.kill(this.atHand()), full: () => this.fullScreen(),
        first: () => this.go(0), last: () => this.go(sheet.steps.length),
      };
      this.does = does;
      this.keys = { "+": does.larger, "=": does.larger, "-": does.smaller, 0: does.frame, d: does.kill,
        h: does.hint, t: does.time, b: does.blank, ".": does.blank, "?": does.help, f: does.full,
        Home: does.first, End: does.last };
      for (const key of NEXT) this.keys[key] = does.next;
      for (const key of BEFORE) this.keys[key] = does.before;
      this.dialog.addEventListener("click", (event) => {
        const button = event.target.closest("[data-does]");
        if (button) does[button.dataset.does]();
      });
      this.dialog.addEventListener("keydown", (event) => this.press(event));
      this.dialog.addEventListener("cancel", (event) => { event.preventDefault(); this.escape(); });
      this.dialog.addEventListener("close", () => this.left());
      addEventListener("resize", () => { if (this.dialog.open) this.frame(false); });
    }

    open(step, dead) {
      const { sheet, dialog } = this;
      const pan = sheet.svg.parentElement;
      pan.style.minHeight = `${pan.offsetHeight}px`; // the page stays where it is
      this.home = pan;
      Sheets.closePanel();
      sheet.presented = this;
      document.body.append(dialog);
      this.room.append(sheet.svg); // moved, not copied: its ids are unique
      dialog.showModal();
      dialog.firstElementChild.focus(); // not the picture's first arrow
      this.camera.measure([...sheet.things.values(), ...sheet.svg.querySelectorAll(".labels > g")]);
      this.show(step, dead, false);
    }

    close() { this.dialog.close(); }

    left() {
      const { sheet } = this;
      Sheets.closePanel();
      this.aids.closeCard();
      sheet.presented = null;
      sheet.die("");
      sheet.pin(null);
      sheet.svg.removeAttribute("style");
      for (const it of sheet.svg.querySelectorAll("text")) it.style.fontSize = "";
      this.home.append(sheet.svg);
      this.home.style.minHeight = "";
      this.dialog.remove();
      if (ADDRESS.test(location.hash)) history.replaceState(null, "", location.href.split("#")[0]);
      sheet.figure.querySelector("[data-enlarge]").focus();
    }

    go(step) {
      const most = this.sheet.steps.length;
      if (step >= 0 && step <= most) this.show(step, "", true);
    }

    /* A part dies, and what is said is where each receipt is then; again, and the step goes on. */
    kill(id) {
      if (id && this.sheet.panels[id].dies) this.show(this.step, this.sheet.dead === id ? "" : id, true);
    }

    /* The part whose panel is open, that has the focus, or that is pointed at. */
    atHand() {
      const chosen = this.sheet.svg.querySelector(".node.chosen") ||
        document.activeElement.closest(".node") || this.sheet.svg.querySelector(".node:hover");
      return chosen ? chosen.id : this.sheet.dead;
    }

    show(step, dead, animated) {
      const { sheet, dialog } = this;
      Sheets.closePanel();
      this.step = step;
      sheet.die(dead);
      this.lit = [...this.light()].map((id) => sheet.things.get(id));
      dialog.classList.toggle("killing", Boolean(dead));
      dialog.querySelector(".number").textContent = dead ? "†" : step || "";
      const sentence = dialog.querySelector(".says p");
      sentence.textContent = dead ? sheet.panels[dead].dies
        : step ? sheet.sentences[step - 1] : this.about;
      const name = dead ? `${sheet.panels[dead].title} dies. ` : step ? "" : `${this.title}. `;
      if (name) sentence.prepend(Object.assign(document.createElement("b"), { textContent: name }));
      dialog.querySelector(".count").textContent = `${step} / ${sheet.steps.length}`;
      const off = { before: step === 0, next: step === sheet.steps.length };
      for (const [does, is] of Object.entries(off)) {
        dialog.querySelector(`[data-does=${does}]`).setAttribute("aria-disabled", String(is));
      }
      const short = dead.slice(`${sheet.name}-node-`.length);
      history.replaceState(null, "", `#present=${sheet.name}.${step}${dead && `&dead=${short}`}`);
      this.frame(animated);
    }

    /* What is dead, or belongs to the step. */
    light() {
      const { dead } = this.sheet;
      return this.sheet.pin(dead ? { id: dead } : this.step ? { step: this.step } : null);
    }

    frame(animated) {
      const { svg } = this.sheet;
      const labels = this.lit.map((it) => svg.querySelector(`.labels > [data-arrow="${it.id}"]`));
      const elements = [...this.lit, ...labels.filter(Boolean)];
      this.camera.frame(elements.length ? elements : null, animated && !STILL.matches);
    }

    press(event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (!this.aids.blank.hidden) { // any key brings the picture back
        this.aids.blank.hidden = true;
        return event.preventDefault();
      }
      if (event.key === "Escape") {
        event.preventDefault();
        return this.escape();
      }
      const onButton = event.target.closest("button, a") && [" ", "Enter"].includes(event.key);
      const key = event.key === " " && event.shiftKey ? "ArrowLeft" : event.key;
      const does = this.keys[key] || this.keys[key.toLowerCase()];
      if (!does || onButton) return;
      event.preventDefault();
      does();
    }

    escape() {
      if (!Sheets.closePanel() && !this.aids.closeCard()) this.close();
    }

    fullScreen() {
      if (document.fullscreenElement) document.exitFullscreen();
      else this.dialog.firstElementChild.requestFullscreen(); // a dialog itself may not
    }
  }

  const stages = new Map();

  function present(sheet, step = 0, dead = "") {
    if (!stages.has(sheet)) stages.set(sheet, new Stage(sheet));
    const stage = stages.get(sheet);
    const at = Math.min(step, sheet.steps.length);
    const id = dead && `${sheet.name}-node-${dead}`;
    const known = sheet.panels[id]?.dies ? id : "";
    if (stage.dialog.open) stage.show(at, known, true);
    else stage.open(at, known);
  }

  function obey() {
    const found = ADDRESS.exec(location.hash);
    const sheet = found && Sheets.all.find((it) => it.name === found[1]);
    if (sheet) present(sheet, Number(found[2] || 0), found[3]);
    else for (const stage of stages.values()) if (stage.dialog.open) stage.close();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-enlarge]");
    if (button) present(Sheets.all.find((it) => it.figure.id === button.dataset.enlarge));
  });
  addEventListener("hashchange", obey);
  obey();
})();
