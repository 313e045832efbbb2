/* A part or an arrow says what it is: its resource, its numbers with reasons, the lines behind it. */
(function () {
  "use strict";

  const Sheets = (window.Sheets = window.Sheets || {});
  const GAP = 14; // pixels between a part and its panel
  const SETTING = /(?<=[a-z])(?=[A-Z])/g; // where a long name may break: MessageRetentionPeriod
  let open = null; // {sheet, id, panel}

  function make(tag, className, text, within) {
    const it = document.createElement(tag);
    if (className) it.className = className;
    if (text) it.textContent = text;
    if (within) within.append(it);
    return it;
  }

  function breakable(name, within) {
    name.split(SETTING).forEach((part, index) => {
      if (index) within.append(document.createElement("wbr"));
      within.append(part);
    });
  }

  function numbers(found, panel) {
    make("h3", "", "Numbers, and why", panel);
    const list = make("dl", "", "", panel);
    for (const [setting, value, reason] of found) {
      const term = make("dt", "", "", list);
      breakable(setting, make("code", "", "", term));
      term.append(" ");
      make("strong", "", value, term);
      make("dd", "", reason, list);
    }
  }

  function lines(heading, found, panel) {
    make("h3", "", heading, panel);
    for (const [at, text] of found) {
      const line = make("p", "line", "", panel);
      make("span", "at", at, line);
      make("code", "", text, line);
    }
  }

  function dying(sheet, id, says, panel) {
    const button = make("button", "dies", "", panel);
    button.type = "button";
    const told = make("p", "told", "", panel);
    told.setAttribute("role", "status");
    const show = () => {
      const dead = sheet.dead === id;
      button.textContent = dead ? "It lives again" : "This part dies";
      told.textContent = dead ? says : "";
    };
    button.addEventListener("click", () => {
      if (sheet.presented) return sheet.presented.kill(id);
      sheet.die(sheet.dead === id ? "" : id);
      show();
      place(panel, sheet.things.get(id), null);
    });
    show();
  }

  function build(sheet, id) {
    const says = sheet.panels[id];
    const panel = make("section", "sheet-panel");
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-labelledby", "sheet-panel-title");
    panel.tabIndex = -1;
    const title = make("h2", "", says.title, panel);
    title.id = "sheet-panel-title";
    const close = make("button", "close", "×", panel);
    close.type = "button";
    close.setAttribute("aria-label", "Close");
    close.addEventListener("click", Sheets.closePanel);
    const kind = make("p", "kind", "", panel);
    if (says.resource) make("code", "", says.resource, kind);
    make("span", "", says.kind, kind);
    if (says.what) make("p", "", says.what, panel);
    if (says.dies) dying(sheet, id, says.dies, panel);
    if (says.numbers) numbers(says.numbers, panel);
    if (says.template) lines("In the template", says.template, panel);
    if (says.code) lines("In the code", says.code, panel);
    if (says.link) {
      const link = make("a", "", says.resource || says.template ? "More on the Template page"
        : "The exercise, which says so", make("p", "", "", panel));
      link.href = sheet.up + says.link;
    }
    return panel;
  }

  /* Beside the part, where there is room; on a phone CSS makes it a sheet at the screen's foot. */
  function place(panel, part, stage) {
    const at = part.getBoundingClientRect();
    const own = panel.getBoundingClientRect();
    if (getComputedStyle(panel).position === "fixed") {
      if (!stage) scrollBy(0, Math.max(at.bottom + GAP - own.top, 0)); // what was tapped stays in sight
      return;
    }
    const wide = document.documentElement.clientWidth;
    const high = stage ? stage.room.clientHeight : innerHeight; // the sentence stays in sight
    panel.style.maxHeight = `${high - 2 * GAP}px`;
    const right = at.right + GAP + own.width <= wide;
    const x = right ? at.right + GAP : at.left - GAP - own.width;
    const y = Math.min(at.top - GAP, high - panel.offsetHeight - GAP);
    const left = Math.min(Math.max(x, GAP), wide - own.width - GAP);
    panel.style.left = `${left + (stage ? 0 : scrollX)}px`;
    panel.style.top = `${Math.max(y, GAP) + (stage ? 0 : scrollY)}px`;
  }

  function keys(event) {
    const reached = [...event.currentTarget.querySelectorAll("a, button")];
    const leaves = event.key === "Tab" &&
      (event.shiftKey ? [reached[0], event.currentTarget] : [reached.at(-1)]).includes(event.target);
    if (event.key !== "Escape" && !leaves) return;
    event.preventDefault();
    event.stopPropagation();
    if (leaves) open.sheet.things.get(open.id).focus(); // go on from where it was opened
    else Sheets.closePanel();
  }

  Sheets.openPanel = function (sheet, id) {
    const again = open?.id === id;
    Sheets.closePanel();
    if (again) return;
    const panel = build(sheet, id);
    panel.addEventListener("keydown", keys);
    (sheet.presented?.dialog || document.body).append(panel);
    open = { sheet, id, panel };
    sheet.things.get(id).setAttribute("aria-expanded", "true");
    sheet.things.get(id).classList.add("chosen");
    sheet.pin({ id, alone: true });
    place(panel, sheet.things.get(id), sheet.presented);
    panel.focus({ preventScroll: true });
  };

  Sheets.closePanel = function () {
    if (!open) return false;
    const { sheet, id, panel } = open;
    const part = sheet.things.get(id), inside = panel.contains(document.activeElement);
    open = null;
    panel.remove();
    part.setAttribute("aria-expanded", "false");
    part.classList.remove("chosen");
    if (sheet.presented) sheet.presented.light();
    else {
      sheet.die("");
      sheet.pin(null);
    }
    if (inside) part.focus({ preventScroll: true });
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && Sheets.closePanel()) event.preventDefault();
  });
  document.addEventListener("pointerdown", (event) => {
    if (open && !event.target.closest(".sheet-panel, .node, .arrow, .labels")) Sheets.closePanel();
  });
})();
