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
function reachTables() {
  document.querySelectorAll(".md-typeset__scrollwrap").forEach((it) => {
    if (it.scrollWidth > it.clientWidth) it.tabIndex = 0;
    else it.removeAttribute("tabindex");
  });
}

function mendTheme() {
  nameCode();
  reachTables();
}

mendTheme();
new MutationObserver(mendTheme).observe(document.body, { childList: true, subtree: true });
document.addEventListener("toggle", reachTables, true);
addEventListener("resize", reachTables);
addEventListener("hashchange", () => openAround(location.hash));
openAround(location.hash);
