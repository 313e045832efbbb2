/* Search runs in a worker, and no browser starts one from file://. There a frame does its work. */
"use strict";
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.title = "search";
      document.documentElement.append(frame);
      const inside = frame.contentWindow;
      // In a worker `postMessage` speaks to the page; in a frame it would speak to itself.
      this.ready = new Promise((loaded, failed) => {
        inside.document.open();
        inside.document.close();
        inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
        inside.importScripts = (...urls) => Promise.all(urls.map((it) => load(inside.document, it)));
        load(inside.document, url).then(loaded, failed);
      });
      this.inside = inside;
    }

    postMessage(data) {
      const event = () => new MessageEvent("message", { data });
      this.ready.then(() => this.inside.dispatchEvent(event()));
    }
  };

  function load(within, url) {
    return new Promise((loaded, failed) => {
      const script = within.createElement("script");
      script.src = url;
      script.onload = loaded;
      script.onerror = failed;
      (within.body || within.documentElement).append(script);
    });
  }
}
