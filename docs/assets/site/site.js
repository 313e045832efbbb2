/* Boxes to tick add up, links open what is folded, and code has a name. */
"use strict";

function keepScore(rubric) {
  const output = rubric.querySelector("output");
  const boxes = [...rubric.querySelectorAll('input[type="checkbox"]')];
  const count = () => {
    const points = boxes.reduce((sum, it) => sum + (it.checked ? Number(it.value) : 0), 0);
    const most = boxes.reduce((sum, it) => sum + Number(it.value), 0);
    output.textContent = `${points} of ${most} points`;
  };
  rubric.addEventListener("change", count);
  count();
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
for (const rubric of document.querySelectorAll(".rubric")) keepScore(rubric);
addEventListener("hashchange", () => openAround(location.hash));
openAround(location.hash);
