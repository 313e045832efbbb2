// Measures a sheet as the browser has laid it out; returns what is wrong, a line each. Its argument is
// the SVG element; distances are CSS pixels on the screen.
(svg) => {
  const SLACK = 1; // antialiasing
  const shown = (it) => it.textContent.trim() !== "" && it.getClientRects().length > 0;
  const texts = [...svg.querySelectorAll("text")].filter(shown);
  const icons = [...svg.querySelectorAll(".node use:not(.behind)")];
  const lines = [...svg.querySelectorAll(".arrows path:not(.head):not(.reach)")];
  const name = (it) => it.closest("[id]").id;
  const said = (it) => `"${it.textContent}" (${name(it)})`;

  // A text's box is as high as its font's ascenders and descenders may be: trim to the letters.
  const box = (it) => {
    const { left, right, top, bottom } = it.getBoundingClientRect();
    const trim = it.tagName === "text" ? (bottom - top) * 0.18 : 0;
    return { left, right, top: top + trim, bottom: bottom - trim };
  };
  const meet = (a, b) =>
    a.left < b.right - SLACK && b.left < a.right - SLACK &&
    a.top < b.bottom - SLACK && b.top < a.bottom - SLACK;

  const wrong = [];
  // A live number stands at the corner of its own icon.
  const atHome = (text, icon) => text.matches(".live") && text.closest(".node") === icon.closest(".node");
  const boxes = new Map([...texts, ...icons].map((it) => [it, box(it)]));
  texts.forEach((text, index) => {
    for (const other of texts.slice(index + 1)) {
      if (meet(boxes.get(text), boxes.get(other))) {
        wrong.push(`text on text: ${said(text)} and ${said(other)}`);
      }
    }
    for (const icon of icons) {
      if (!atHome(text, icon) && meet(boxes.get(text), boxes.get(icon))) {
        wrong.push(`text on icon: ${said(text)} and ${name(icon)}`);
      }
    }
  });

  // Walk along each line; its own number sits on it, and nothing else may.
  for (const line of lines) {
    const arrow = line.closest(".arrow").id;
    const toScreen = line.getScreenCTM();
    const long = line.getTotalLength();
    for (let at = 0; at <= long; at += 3) {
      const p = line.getPointAtLength(at).matrixTransform(toScreen);
      const point = { left: p.x - SLACK, right: p.x + SLACK, top: p.y - SLACK, bottom: p.y + SLACK };
      const under = texts.find((text) => {
        const own = text.closest("[data-arrow]")?.dataset.arrow === arrow;
        const badge = text.closest(".badge") !== null;
        return !(own && badge) && meet(boxes.get(text), point);
      });
      if (under) {
        wrong.push(`line on text: ${arrow} and ${said(under)}`);
        break;
      }
    }
  }

  const sheet = svg.getBoundingClientRect();
  for (const text of texts) {
    const { left, right, top, bottom } = boxes.get(text);
    if (left < sheet.left || right > sheet.right || top < sheet.top || bottom > sheet.bottom) {
      wrong.push(`outside: ${said(text)}`);
    }
  }
  if (sheet.width < 10 || sheet.height < 10) {
    wrong.push(`collapsed: ${sheet.width} x ${sheet.height}`);
  }
  const scale = sheet.width / svg.viewBox.baseVal.width;
  for (const text of texts) {
    const size = parseFloat(getComputedStyle(text).fontSize) * scale;
    if (size < 10.99) wrong.push(`too small: ${said(text)}, ${size.toFixed(1)} px`);
  }
  return wrong;
}
