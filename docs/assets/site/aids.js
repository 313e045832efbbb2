/* What an instructor has at hand while presenting: hints, a timer, an empty screen, the keys. */
(function () {
  "use strict";

  const Sheets = (window.Sheets = window.Sheets || {});
  const KEYS = [
    ["→ ↓ space, Page Down", "the next step"],
    ["← ↑, Page Up", "the step before"],
    ["Home, End", "the whole picture; the last step"],
    ["+ − wheel, two fingers", "larger, smaller; drag to move"],
    ["0", "frame the step again"],
    ["Tab, Enter", "go to a part or an arrow; what makes it true"],
    ["d", "the part at hand dies; again: it lives"],
    ["h", "the next hint"],
    ["t", "time for this page: the short plan, the long one, none"],
    ["b", "an empty screen"],
    ["f", "full screen"],
    ["Esc", "close what is open, then leave"],
  ];
  const timer = { at: -1, ends: 0 }; // outlives the presenter: looking something up takes time, too
  let given = Number(sessionStorage.getItem("hints-given") || 0); // goes on, on the next page

  function clock(seconds) {
    const whole = Math.abs(seconds);
    return `${seconds < 0 ? "+" : ""}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  }

  Sheets.Aids = class {
    constructor(dialog, sheet) {
      const find = (name) => dialog.querySelector(name);
      this.sheet = sheet;
      this.card = find(".card");
      this.time = find(".time");
      this.blank = find(".blank");
      this.card.querySelector("button").addEventListener("click", () => this.closeCard());
      this.blank.addEventListener("click", () => { this.blank.hidden = true; });
      setInterval(() => this.tick(), 1000);
      this.tick();
    }

    say(title, content) {
      this.card.querySelector("h2").textContent = title;
      this.card.querySelector("div").replaceChildren(content);
      this.card.hidden = false;
    }

    closeCard() {
      const was = !this.card.hidden;
      this.card.hidden = true;
      this.helping = false;
      return was;
    }

    /* One after the other; after the last there is none, and the first comes again. */
    hint() {
      const { hints } = this.sheet;
      const hint = hints[given % (hints.length + 1)];
      given = (given + 1) % (hints.length + 1);
      sessionStorage.setItem("hints-given", String(given));
      this.helping = false;
      if (!hint) return this.closeCard();
      const text = document.createElement("div");
      text.innerHTML = hint.html; // our own page, rendered when the site was built
      this.say(hint.title, text);
    }

    help() {
      if (this.helping) return this.closeCard();
      const list = document.createElement("dl");
      for (const [key, does] of KEYS) {
        list.append(Object.assign(document.createElement("dt"), { textContent: key }),
          Object.assign(document.createElement("dd"), { textContent: does }));
      }
      this.say("Keys", list);
      this.helping = true;
    }

    /* The minutes of this page in the next plan; after the last plan, none. A page in no plan: from 0 up. */
    nextTimer() {
      const plans = this.sheet.minutes.length ? this.sheet.minutes : [{ what: "since now", minutes: 0 }];
      timer.at = timer.at + 1 < plans.length ? timer.at + 1 : -1;
      timer.plan = plans[timer.at];
      timer.ends = timer.plan ? Date.now() + timer.plan.minutes * 60_000 : 0;
      this.tick();
    }

    tick() {
      this.time.hidden = !timer.plan;
      if (!timer.plan) return;
      const left = Math.round((timer.ends - Date.now()) / 1000);
      this.time.classList.toggle("over", left < 0 && timer.plan.minutes > 0);
      this.time.firstElementChild.textContent = clock(left);
      const { what, plan } = timer.plan;
      this.time.lastElementChild.textContent = plan ? `${what}, ${plan}-minute plan` : what;
    }
  };
})();
