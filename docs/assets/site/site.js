/* Links open what is folded, and code has a name. */
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

nameCode();
new MutationObserver(nameCode).observe(document.body, { childList: true, subtree: true });
addEventListener("hashchange", () => openAround(location.hash));
openAround(location.hash);
