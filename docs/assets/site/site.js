/* Pictures that answer: a step points at its arrows and an arrow at its step; and each enlarges. */
"use strict";

const STEP = /^Step (\d+)\./;

function stepOf(arrow) {
  const found = STEP.exec(arrow.getAttribute("aria-label") || "");
  return found ? Number(found[1]) : 0;
}

function connect(figure) {
  const svg = figure.querySelector("svg");
  const steps = [...figure.querySelectorAll("ol.sheet-steps > li")];
  const arrows = [...svg.querySelectorAll(".arrow")];
  const label = (arrow) => svg.querySelector(`.labels > [data-arrow="${arrow.id}"]`);

  function point(step) {
    svg.classList.toggle("pointing", step > 0);
    steps.forEach((it, index) => it.classList.toggle("pointed", index + 1 === step));
    for (const arrow of arrows) {
      const on = stepOf(arrow) === step;
      arrow.classList.toggle("pointed", on);
      label(arrow)?.classList.toggle("pointed", on);
    }
  }

  const pointAt = (element, step) => {
    element.addEventListener("pointerenter", () => point(step));
    element.addEventListener("pointerleave", () => point(0));
    element.addEventListener("focus", () => point(step));
    element.addEventListener("blur", () => point(0));
  };
  steps.forEach((it, index) => pointAt(it, index + 1));
  for (const arrow of arrows) {
    const step = stepOf(arrow);
    if (step && steps.length) {
      pointAt(arrow, step);
      if (label(arrow)) pointAt(label(arrow), step);
    }
  }
}

function enlarge(figure) {
  const svg = figure.querySelector("svg");
  const pan = figure.querySelector(".pan");
  const dialog = document.createElement("dialog");
  dialog.className = "enlarged";
  dialog.innerHTML =
    '<div class="bar"><h2></h2><button type="button" data-by="0.8" aria-label="Smaller">−</button>' +
    '<button type="button" data-by="0">Fit</button>' +
    '<button type="button" data-by="1.25" aria-label="Larger">+</button>' +
    '<button type="button" data-close>Close</button></div>' +
    '<div class="room" tabindex="0" role="region"></div>';
  const title = svg.querySelector("title").textContent;
  dialog.querySelector("h2").textContent = title;
  dialog.setAttribute("aria-label", title);
  const room = dialog.querySelector(".room");
  room.setAttribute("aria-label", `${title}, enlarged`);
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  let scale = 1;

  function show() {
    svg.style.width = `${width * scale}px`;
    svg.style.height = `${height * scale}px`;
    svg.style.minWidth = "0";
  }
  function fit() {
    const inside = room.getBoundingClientRect();
    scale = Math.min((inside.width - 40) / width, (inside.height - 40) / height);
    show();
  }

  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("close" in button.dataset) dialog.close();
    else if (button.dataset.by === "0") fit();
    else { scale *= Number(button.dataset.by); show(); }
  });
  dialog.addEventListener("close", () => {
    svg.removeAttribute("style");
    pan.append(svg); // moved, not copied: its ids are unique
    dialog.remove();
  });
  room.append(svg);
  figure.append(dialog);
  dialog.showModal();
  fit();
}

function openAround(hash) {
  const target = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
  for (let it = target; it; it = it.parentElement) if (it.tagName === "DETAILS") it.open = true;
}

// The theme makes a landmark without a name for each block of code, some time after loading.
function nameCode() {
  document.querySelectorAll(".md-code__nav").forEach((it, index) => {
    it.setAttribute("aria-label", `Code ${index + 1}`);
  });
}

nameCode();
new MutationObserver(nameCode).observe(document.body, { childList: true, subtree: true });
for (const figure of document.querySelectorAll(".picture .sheet-figure")) connect(figure);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-enlarge]");
  if (button) enlarge(document.getElementById(button.dataset.enlarge));
});
addEventListener("hashchange", () => openAround(location.hash));
openAround(location.hash);
