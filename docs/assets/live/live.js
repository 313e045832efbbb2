// The live page: frames come as server-sent events, buttons go to the demo.
(() => {
  "use strict";
  const { followColours, makeView, makeDetails } = globalThis.ReceiptsLive;
  const root = document.getElementById("receipts-live");
  followColours();

  const open = makeDetails(root, async (number) => {
    const answer = await fetch(`receipt/${number}`);
    if (!answer.ok) throw new Error(`Nothing is known of it: ${await answer.text()}`);
    return answer.json();
  });
  const view = makeView(root, open);
  globalThis.ReceiptsLive.view = view;

  const panel = root.querySelector(".rl-break"), refused = panel.querySelector(".rl-refused");
  const buttons = [...panel.querySelectorAll("button")];
  const rate = panel.querySelector(".rl-rate input"), allowed = panel.querySelector(".rl-allowed");
  const rows = () => Number((10 ** Number(rate.value)).toPrecision(2));
  const say = (count) => {
    allowed.textContent = count;
    rate.setAttribute("aria-valuetext", `${count} rows a second`);
  };
  panel.hidden = false;
  for (const button of buttons) button.dataset.name = button.textContent;

  async function act(ask) {
    const answer = await fetch("act", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(ask) });
    refused.hidden = answer.ok;
    refused.textContent = answer.ok ? "" : await answer.text();
  }

  for (const button of buttons) {
    button.addEventListener("click", async () => {
      if (button.getAttribute("aria-disabled")) return;
      button.setAttribute("aria-disabled", "true"); // it keeps the focus
      try {
        await act({ press: button.dataset.press });
      } catch {
        refused.hidden = false;
        refused.textContent = "The demo does not answer.";
      }
      button.removeAttribute("aria-disabled");
    });
  }
  rate.addEventListener("input", () => say(rows()));
  rate.addEventListener("change", () => act({ allow: rows() }));

  function controls(frame) {
    for (const button of buttons) {
      const on = (frame.faults || []).includes(button.dataset.press);
      button.classList.toggle("on", on);
      if (button.dataset.switch) button.textContent = on ? button.dataset.switch : button.dataset.name;
    }
    if (document.activeElement === rate || !frame.ceiling) return;
    rate.value = Math.log10(frame.ceiling);
    say(Number(frame.ceiling.toPrecision(2)));
  }

  const events = new EventSource("events");
  const read = (event) => JSON.parse(event.data);
  events.addEventListener("hello", (event) => {
    const hello = read(event);
    view.hello(hello);
    if (hello.frames.length) controls(hello.frames.at(-1));
  });
  events.addEventListener("frame", (event) => {
    const frame = read(event);
    view.frame(frame);
    controls(frame);
  });
  events.addEventListener("closed", () => {
    events.close();
    panel.hidden = true;
    root.querySelector(".rl-verdict").textContent += " The demo has ended; this page stays as it was.";
  });
})();
