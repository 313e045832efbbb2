/* Links open what is folded, code has a name, and what scrolls can be reached. */
"use strict";

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

// It wraps wide tables so that they scroll: what scrolls must be reached by keyboard, too.
const widths = new ResizeObserver((sized) => {
  for (const { target } of sized) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

function reachTables() {
  document.querySelectorAll(".md-typeset__scrollwrap:not([data-watched])").forEach((it) => {
    it.dataset.watched = "";
    widths.observe(it);
  });
}

function mendTheme() {
  nameCode();
  reachTables();
}

mendTheme();
new MutationObserver(mendTheme).observe(document.body, { childList: true, subtree: true });
addEventListener("hashchange", () => openAround(location.hash));
openAround(location.hash);
