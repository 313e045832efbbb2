/* The presenter's camera: frames some parts of a sheet, and zooms and drags under pointer and fingers. */
(function () {
  "use strict";

  const Sheets = (window.Sheets = window.Sheets || {});
  const MARGIN = 22, MOST = 2.2; // pixels around what is framed; the largest scale of a frame
  const ROOMY = 700; // pixels: a narrower window is held in a hand, not hung on a wall
  const LEAST_TEXT = { wall: 16, hand: 12 }; // pixels on the screen, of what is lit
  const GROWN = 1.35; // how much lit words may grow in place before the frame is cut instead
  const STILL = 5; // pixels that a finger may move and still tap

  Sheets.Camera = class {
    constructor(room, svg) {
      this.room = room;
      this.svg = svg;
      [, , this.width, this.height] = svg.getAttribute("viewBox").split(" ").map(Number);
      this.x = this.y = 0;
      this.scale = 1;
      this.fingers = new Map();
      this.listen();
    }

    /* Where everything lies in the drawing, measured once, unscaled. */
    measure(elements) {
      this.svg.style.cssText = `width:${this.width}px;height:${this.height}px;transition:none`;
      const origin = this.svg.getBoundingClientRect();
      this.boxes = new Map([...elements].map((it) => {
        const box = it.getBoundingClientRect();
        return [it, { left: box.left - origin.left, right: box.right - origin.left,
          top: box.top - origin.top, bottom: box.bottom - origin.top }];
      }));
      this.sizes = new Map([...this.svg.querySelectorAll("text")].map((it) =>
        [it, parseFloat(getComputedStyle(it).fontSize)]));
    }

    whole(animated) {
      this.frame(null, animated);
    }

    /* Show these elements as large as they fit, their words legible from the last row. */
    frame(elements, animated) {
      const wide = this.room.clientWidth, high = this.room.clientHeight;
      const boxes = elements ? elements.map((it) => this.boxes.get(it)).filter(Boolean) : [];
      const side = (name, most, none) => boxes.length ? most(...boxes.map((it) => it[name])) : none;
      const box = { left: side("left", Math.min, 0), right: side("right", Math.max, this.width),
        top: side("top", Math.min, 0), bottom: side("bottom", Math.max, this.height) };
      const fit = Math.min((wide - 2 * MARGIN) / (box.right - box.left),
        (high - 2 * MARGIN) / (box.bottom - box.top), MOST);
      const texts = (elements || []).flatMap((it) => [...it.querySelectorAll("text")]);
      const least = innerWidth < ROOMY ? LEAST_TEXT.hand : LEAST_TEXT.wall;
      const smallest = Math.min(...texts.map((it) => this.sizes.get(it)));
      const scale = texts.length ? Math.max(fit, least / (smallest * GROWN)) : fit;
      for (const [it, size] of this.sizes) {
        const grown = texts.includes(it) && size * scale < least;
        it.style.fontSize = grown ? `${least / scale}px` : "";
      }
      const x = this.along(wide, scale, this.width, (box.left + box.right) / 2);
      const y = this.along(high, scale, this.height, (box.top + box.bottom) / 2);
      this.show(x, y, scale, animated);
    }

    /* The drawing's offset: all of it centred if it fits, else `centre` in the middle, no void beside. */
    along(room, scale, size, centre) {
      if (size * scale <= room) return (room - size * scale) / 2;
      return Math.min(Math.max(room / 2 - centre * scale, room - size * scale - MARGIN), MARGIN);
    }

    show(x, y, scale, animated) {
      Object.assign(this, { x, y, scale });
      this.svg.style.transition = animated ? "" : "none";
      this.svg.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    }

    /* Larger or smaller, around a point of the room; its middle without one. */
    zoom(by, at) {
      const middle = at || { x: this.room.clientWidth / 2, y: this.room.clientHeight / 2 };
      const scale = Math.min(Math.max(this.scale * by, 0.2), 8);
      const grown = scale / this.scale;
      this.show(middle.x - (middle.x - this.x) * grown, middle.y - (middle.y - this.y) * grown,
        scale, !at);
    }

    listen() {
      const { room, fingers } = this;
      const within = (event) => {
        const { left, top } = room.getBoundingClientRect();
        return { x: event.clientX - left, y: event.clientY - top };
      };
      room.addEventListener("wheel", (event) => {
        event.preventDefault();
        const lines = event.deltaMode ? 16 : 1;
        this.zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.002)), within(event));
      }, { passive: false });
      room.addEventListener("pointerdown", (event) => {
        if (event.button) return;
        fingers.set(event.pointerId, within(event));
        this.moved = 0;
      });
      addEventListener("pointermove", (event) => {
        if (!fingers.has(event.pointerId)) return;
        const before = [...fingers.values()];
        fingers.set(event.pointerId, within(event));
        this.follow(before, [...fingers.values()]);
      });
      for (const end of ["pointerup", "pointercancel"]) {
        addEventListener(end, (event) => fingers.delete(event.pointerId));
      }
      // What was dragged wasn't clicked.
      room.addEventListener("click", (event) => {
        if (this.moved > STILL) event.stopPropagation();
      }, true);
    }

    /* One finger drags; two also zoom. */
    follow(before, now) {
      const middle = (its) => ({ x: its.reduce((sum, it) => sum + it.x, 0) / its.length,
        y: its.reduce((sum, it) => sum + it.y, 0) / its.length });
      const [from, to] = [middle(before), middle(now)];
      this.moved += Math.hypot(to.x - from.x, to.y - from.y);
      if (now.length === 1 && this.moved <= STILL) return;
      this.show(this.x + to.x - from.x, this.y + to.y - from.y, this.scale, false);
      if (now.length !== 2) return;
      const apart = ([a, b]) => Math.hypot(a.x - b.x, a.y - b.y) || 1;
      this.moved += Math.abs(apart(now) - apart(before));
      this.zoom(apart(now) / apart(before), to);
    }
  };
})();
