/* Keys of a block with a clock: Space plays, the arrow keys move it, wherever on the page one is, as
   long as the block is in view. A link, a button or a field that has the focus keeps its own keys. */
globalThis.bindClockKeys = function (root, clock, turn, move) {
  "use strict";

  function inView() {
    var box = root.getBoundingClientRect(), middle = window.innerHeight / 2;
    return box.top < middle && box.bottom > middle;
  }

  document.addEventListener("keydown", function (event) {
    var by = { ArrowRight: 1, ArrowLeft: -1 }[event.key], target = event.target;
    if (event.altKey || event.ctrlKey || event.metaKey || (event.key !== " " && !by)) { return; }
    if (target === clock ? by : target.closest("a, button, input, select, textarea, summary, dialog, [contenteditable], [role=log]")) { return; }
    // A picture that is wider than its place is moved by the arrow keys.
    if (by && target.scrollWidth > target.clientWidth && target !== document.body) { return; }
    if ((target !== clock && !inView()) || document.querySelector("dialog[open]")) { return; }
    event.preventDefault();
    if (by) { move(by); } else { turn(); }
  });
  // Whoever presses a button of the block by pointer goes on with the clock's keys.
  root.addEventListener("click", function (event) {
    if (event.detail && event.target.closest("[data-then-clock]")) { clock.focus({ preventScroll: true }); }
  });
};
