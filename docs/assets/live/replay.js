// The recorded run: the same view, fed from a file that was written by `make demo RECORD=…`.
(() => {
  "use strict";
  const { makeView, makeDetails, recording } = globalThis.ReceiptsLive;
  const root = document.getElementById("receipts-live");
  const { frames, receipts } = recording;
  const kept = new Map(receipts.map((it) => [it.number, it]));

  const open = makeDetails(root, async (number) => {
    if (kept.has(number)) return kept.get(number);
    throw new Error(`This recording keeps ${kept.size} of its receipts: ${[...kept.keys()].join(", ")}. A demo of your own shows each.`);
  });
  const view = makeView(root, open);
  globalThis.ReceiptsLive.view = view;

  const player = root.querySelector(".rl-player"), play = root.querySelector(".rl-play");
  const moment = player.querySelector("input"), speed = root.querySelector(".rl-speed");
  const clock = (frame) => `${Math.floor(frame.at / 60)} min ${Math.floor(frame.at % 60)} s: ${frame.stored || 0} of ${frame.expected ?? "?"} stored`;
  const start = frames[0].at;
  let at = 0, ticking = null;

  // From the start to frame `to`, at once.
  function jump(to) {
    at = to;
    const states = [], said = [];
    for (const frame of frames.slice(0, to + 1)) {
      for (const [number, state] of frame.changed || []) states[number - 1] = state;
      for (const line of frame.said || []) said.push([frame.at, line]);
    }
    view.hello({ states: Array.from(states, (it) => it || "w").join(""), frames: frames.slice(0, to + 1), said });
    told();
  }

  function told() {
    moment.value = at;
    moment.setAttribute("aria-valuetext", clock(frames[at]));
    for (const button of root.querySelectorAll(".rl-receipts button")) button.classList.toggle("kept", kept.has(Number(button.dataset.number)));
  }

  function pause() {
    clearTimeout(ticking);
    ticking = null;
    play.textContent = at === frames.length - 1 ? "Play again" : "Play";
  }

  function tick() {
    if (at === frames.length - 1) return pause();
    at += 1;
    view.frame(frames[at]);
    told();
    ticking = setTimeout(tick, ((frames[at].at - (frames[at - 1]?.at ?? start)) * 1000) / Number(speed.value));
  }

  play.addEventListener("click", () => {
    if (ticking) return pause();
    if (at === frames.length - 1) jump(0);
    play.textContent = "Pause";
    tick();
  });
  moment.max = frames.length - 1;
  moment.addEventListener("input", () => { pause(); jump(Number(moment.value)); play.textContent = "Play"; });
  player.hidden = false;

  // It stands still at first, where most receipts wait to be written: the picture that the pattern is about.
  const fullest = frames.reduce((best, frame, i) => ((frame.read || 0) > (frames[best].read || 0) ? i : best), 0);
  jump(fullest);
})();
