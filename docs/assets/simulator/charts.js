/* Small line charts as SVG: the same time axis for all, a moment that one can move by keyboard. */
Receipts.charts = (function (words) {
  "use strict";

  var LEFT = 52, RIGHT = 10, TOP = 10, BOTTOM = 26;
  var SVG = "http://www.w3.org/2000/svg";

  function element(name, attributes, parent, text) {
    var made = document.createElementNS(SVG, name);
    for (var key in attributes) { made.setAttribute(key, attributes[key]); }
    if (text !== undefined) { made.textContent = text; }
    if (parent) { parent.appendChild(made); }
    return made;
  }

  /* The least of 1, 2, 5 · 10^n that is not under `least`. */
  function nice(least) {
    var power = Math.pow(10, Math.floor(Math.log10(least)));
    return [1, 2, 5, 10].map(function (one) { return one * power; })
      .filter(function (one) { return one >= least * 0.999999; })[0];
  }

  var CLOCK = [[1, "s"], [60, "min"], [3600, "h"], [86400, "days"]];

  /* Marks of the time axis: their unit, and how many seconds lie between two. */
  function timeMarks(seconds) {
    var unit = CLOCK[0];
    CLOCK.forEach(function (one) { if (seconds >= 2 * one[0]) { unit = one; } });
    return { unit: unit, every: nice(Math.max(seconds / unit[0] / 5, 0.01)) * unit[0] };
  }

  function short(value) {
    if (value >= 1e6) { return words.number(value / 1e6) + " M"; }
    if (value >= 1e4) { return words.number(value / 1e3) + " k"; }
    return words.number(value);
  }

  /* One chart in `figure`. `lines`: {name, values, look, fill}; `limits`: {name, value}. */
  function draw(figure, asked) {
    var WIDTH = Math.max(240, figure.clientWidth), HEIGHT = asked.wide ? 250 : 200;
    var seconds = asked.step * asked.lines[0].values.length, top = 0;
    asked.lines.forEach(function (line) {
      top = line.values.reduce(function (a, b) { return Math.max(a, b); }, top);
    });
    var limits = (asked.limits || []).filter(function (limit) {
      return limit.always || limit.value <= 3 * top;
    });
    limits.forEach(function (limit) { top = Math.max(top, 1.12 * limit.value); });
    top = top || 1;
    var every = nice(top / 4), across = function (time) {
      return LEFT + time / seconds * (WIDTH - LEFT - RIGHT);
    }, down = function (value) { return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM); };

    figure.textContent = "";
    var caption = document.createElement("figcaption");
    caption.textContent = asked.title;
    figure.appendChild(caption);
    figure.appendChild(legend(asked.lines));
    var svg = element("svg", { viewBox: "0 0 " + WIDTH + " " + HEIGHT, width: WIDTH, height: HEIGHT, role: "img",
      "aria-label": asked.title + ". " + asked.said}, figure);
    for (var value = 0; value <= top; value += every) {
      element("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: down(value), y2: down(value),
        "class": "rs-grid" }, svg);
      element("text", { x: LEFT - 6, y: down(value) + 4, "text-anchor": "end" }, svg, short(value));
    }
    var marks = timeMarks(seconds);
    for (var time = 0; time <= seconds; time += marks.every) {
      var label = words.number(time / marks.unit[0]) + (time === 0 ? " " + marks.unit[1] : "");
      element("text", { x: across(time), y: HEIGHT - 8, "text-anchor": time ? "middle" : "start" },
        svg, label);
    }
    asked.lines.forEach(function (line) {
      var path = line.values.map(function (one, i) {
        return (i ? "L" : "M") + across((i + 0.5) * asked.step).toFixed(1) + "," + down(one).toFixed(1);
      }).join("");
      if (line.fill) {
        var floor = down(0).toFixed(1), last = across((line.values.length - 0.5) * asked.step);
        element("path", { d: path + "L" + last.toFixed(1) + "," + floor + "L" +
          across(0.5 * asked.step).toFixed(1) + "," + floor + "Z", "class": "rs-fill " + line.look }, svg);
      }
      element("path", { d: path, "class": "rs-line " + line.look }, svg);
    });
    limits.sort(function (a, b) { return b.value - a.value; }).forEach(function (limit, i) {
      var close = i && down(limit.value) - down(limits[i - 1].value) < 16;
      element("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: down(limit.value), y2: down(limit.value),
        "class": "rs-limit" }, svg);
      element("text", { x: WIDTH - RIGHT - 4, y: down(limit.value) + (close ? 14 : -5), "text-anchor": "end",
        "class": "rs-limit-name" }, svg, limit.name);
    });
    if (!asked.choose) { return null; }
    svg.classList.add("rs-asks");
    var moment = element("line", { y1: TOP, y2: HEIGHT - BOTTOM, "class": "rs-moment" }, svg);
    svg.addEventListener("click", function (event) {
      var box = svg.getBoundingClientRect(), x = (event.clientX - box.left) / box.width * WIDTH;
      var step = Math.floor((x - LEFT) / (WIDTH - LEFT - RIGHT) * asked.lines[0].values.length);
      asked.choose(Math.max(0, Math.min(asked.lines[0].values.length - 1, step)));
    });
    return function (step) {
      var x = across((step + 0.5) * asked.step).toFixed(1);
      moment.setAttribute("x1", x);
      moment.setAttribute("x2", x);
    };
  }

  function legend(lines) {
    var list = document.createElement("ul");
    list.className = "rs-legend";
    lines.forEach(function (line) {
      var item = document.createElement("li");
      var sample = element("svg", { viewBox: "0 0 26 8", width: 26, height: 8, "aria-hidden": "true" }, item);
      element("path", { d: "M0,4L26,4", "class": "rs-line " + line.look }, sample);
      item.appendChild(document.createTextNode(line.name));
      list.appendChild(item);
    });
    return list;
  }

  return { draw: draw };
})(Receipts.plan);
