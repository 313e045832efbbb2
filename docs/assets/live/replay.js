// The recorded run: the same view, fed from a file that was written by `make demo RECORD=…`.
(() => {
  "use strict";
  const { makeView, makeDetails, element, recording } = globalThis.ReceiptsLive;
  const root = document.getElementById("receipts-live");
  const { frames, receipts } = recording;
  const kept = new Map(receipts.map((it) => [it.number, it]));

  // What the recording doesn't keep can't be opened; its square shows its state all the same.
  const details = makeDetails(root, async (number) => kept.get(number));
  const open = (number) => { if (kept.has(number)) details(number); };
  const view = makeView(root, open);
  globalThis.ReceiptsLive.view = view;

  const player = root.querySelector(".rl-player"), play = root.querySelector(".rl-play");
  const moment = player.querySelector("input"), time = player.querySelector(".rl-time"), speed = root.querySelector(".rl-speed");
  const clock = (frame) => `${Math.floor(frame.at / 60)} min ${Math.floor(frame.at % 60)} s: ${frame.stored || 0} of ${frame.expected ?? "?"} stored`;
  const start = frames[0].at;
  let at = 0, ticking = null, untouched = true;

  const outlined = element("span");
  outlined.append(element("i", "rl-receipt s kept"), " outlined: it opens, with its photo or its reason");
  root.querySelector(".rl-states").append(outlined);

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
    time.textContent = `${Math.floor(frames[at].at / 60)}:${String(Math.floor(frames[at].at % 60)).padStart(2, "0")}`;
    for (const button of root.querySelectorAll(".rl-receipts button")) {
      const has = kept.has(Number(button.dataset.number));
      button.classList.toggle("kept", has);
      if (!has) button.setAttribute("aria-disabled", "true");
    }
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

  function turn() {
    if (ticking) return pause();
    if (untouched || at === frames.length - 1) jump(0);
    untouched = false;
    play.textContent = "Pause";
    tick();
  }

  function to(frame) {
    untouched = false;
    pause();
    jump(Math.max(0, Math.min(frames.length - 1, frame)));
    play.textContent = "Play";
  }

  play.addEventListener("click", turn);
  moment.max = frames.length - 1;
  moment.addEventListener("input", () => to(Number(moment.value)));
  globalThis.bindClockKeys(root, moment, turn, (by) => to(at + by));
  player.hidden = false;

  // It stands still at first, where most receipts wait to be written: the picture that the pattern is about.
  // Play begins at the beginning.
  const fullest = frames.reduce((best, frame, i) => ((frame.read || 0) > (frames[best].read || 0) ? i : best), 0);
  jump(fullest);
})();
