/* One peak, two designs: the model's own curves move the drawn sheets, on one clock. All state is in
   the address: #what-if=retries&second=45. Nothing moves by itself; with reduced motion no dot does. */
(function (constants, planner, stories) {
  "use strict";

  var SVG = "http://www.w3.org/2000/svg", number = planner.number, Story = stories.Story, clock = stories.clock;
  var POSITIONS_A_SECOND = 6, RECEIPTS_A_DOT = 20, MOST_DOTS = 14, DOT_ROOM = 12, TRAVEL_S = 3, CUT_AT = 0.72;
  var NAMES = { naive: ["naive-direct-writes"], buffered: ["on-premises-buffer", "lambda-over-vpn"] };
  /* Where receipts move on each sheet: the arrow, and the curve that says how many a second. */
  var MOVES = {
    "naive-direct-writes": [["receipt-queue-read-and-store", "read_rate", "data"],
      ["read-and-store-postgresql", "write_rate", "data"], ["read-and-store-postgresql", "refused", "lost"]],
    "on-premises-buffer": [["read-write-queue", "read_rate", "data"], ["write-queue-pull-agent", "write_rate", "data"],
      ["pull-agent-postgresql", "write_rate", "data"]],
    "lambda-over-vpn": [["write-queue-store", "write_rate", "data"], ["store-vpn", "write_rate", "data"],
      ["vpn-postgresql", "write_rate", "data"]],
  };
  var CUTS = { "naive-direct-writes": "read-and-store-postgresql", "on-premises-buffer": "write-queue-pull-agent",
    "lambda-over-vpn": "store-vpn" };
  var COUNTS = [["stored", "stored"], ["waiting", "waiting"], ["lost", "lost"], ["tries", "tries failed"],
    ["connections", "connections"], ["load", "database load"]];

  function make(name, properties, parent) {
    var made = document.createElement(name);
    for (var key in properties) { made[key] = properties[key]; }
    if (parent) { parent.appendChild(made); }
    return made;
  }

  function draw(name, attributes, parent) {
    var made = document.createElementNS(SVG, name);
    for (var key in attributes) { made.setAttribute(key, attributes[key]); }
    parent.appendChild(made);
    return made;
  }

  // --- The block ---------------------------------------------------------------------------------------

  function start(root) {
    var still = window.matchMedia("(prefers-reduced-motion: reduce)"), playing = false, before = 0;
    var key = "as-drawn", story = Story(constants.whatIfs[key]), position = constants.stillS, untouched = true, travelled = 0;
    var sheets = {}, counters = {}, shown = {};

    var controls = root.querySelector(".op-controls");
    var play = make("button", { type: "button", className: "op-play", textContent: "▶ Play" }, controls);
    var slider = make("input", { type: "range", min: 0, step: 1 }, controls);
    slider.setAttribute("aria-label", "Clock");
    play.dataset.thenClock = "";
    var told = make("output", { className: "op-clock" }, controls);
    var group = make("div", { className: "op-what-ifs" }, controls), buttons = {};
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "What if");
    make("span", { textContent: "What if:" }, group);
    var change = make("p", { className: "op-change" });
    Object.keys(constants.whatIfs).forEach(function (name) {
      buttons[name] = make("button", { type: "button", textContent: constants.whatIfs[name].name }, group);
      buttons[name].dataset.thenClock = "";
      buttons[name].addEventListener("click", function () { ask(name, null); });
    });
    group.appendChild(change);

    Object.keys(NAMES).forEach(function (side) {
      var design = root.querySelector('[data-design="' + side + '"]'), list = design.querySelector(".op-counts");
      counters[side] = { title: design.querySelector(".op-title"), of: {} };
      COUNTS.forEach(function (pair) {
        var cell = make("div", { className: "op-count" }, list);
        cell.dataset.count = pair[0];
        var value = make("b", {}, cell), name = make("span", { textContent: pair[1] }, cell);
        if (pair[0] === "connections" || pair[0] === "waiting") { make("i", {}, cell); }
        counters[side].of[pair[0]] = { cell: cell, value: value, name: name };
      });
      NAMES[side].forEach(function (name) {
        var box = design.querySelector('[data-sheet="' + name + '"]');
        // Under the sheet's words and numbers, over its arrows.
        var layer = draw("g", { "aria-hidden": "true" }, svgOf(name)), labels = svgOf(name).querySelector(".labels");
        labels.parentNode.insertBefore(layer, labels);
        sheets[name] = { box: box, dots: layer, cut: null, cropped: false };
      });
    });
    legend();

    function legend() {
      var list = root.querySelector(".op-key");
      list.textContent = "";
      [["data", "receipts on their way"], ["lost", "tries that fail"]].forEach(function (pair) {
        var item = make("span", {}, list), dot = draw("svg", { viewBox: "0 0 10 10", "aria-hidden": "true" }, item);
        draw("circle", { cx: 5, cy: 5, r: 4, "class": "op-dot " + pair[0] }, dot);
        item.appendChild(document.createTextNode(pair[1]));
      });
      make("span", { textContent: "The more dots, the more a second: one for about " +
        Math.round(RECEIPTS_A_DOT / TRAVEL_S) + ", at most " + MOST_DOTS + " on an arrow." }, list);
      make("span", { textContent: "A load over " + planner.percent(1) + ": the app slows down." }, list);
      make("span", { textContent: "Space plays, the arrow keys move the clock." }, list);
      list.hidden = false;
    }

    function element(sheet, what) { return document.getElementById("peak-" + sheet + "-" + what); }

    function svgOf(sheet) { return element(sheet, "overlay").ownerSVGElement; }

    function live(sheet, node, text, bad) {
      var one = element(sheet, "live-" + node);
      if (!one) { return; }
      if (one.textContent !== text) { one.textContent = text; }
      one.parentNode.classList.toggle("op-full", Boolean(bad));
      var whole = element(sheet, "node-" + node);
      if (whole) { whole.classList.toggle("op-full", Boolean(bad)); }
    }

    /* Shows what takes part: the sheet's own legend, and the row where messages are set aside, are left
       out. What is measured is on the screen, so a hidden sheet waits until it is shown. */
    function crop(name) {
      if (sheets[name].cropped) { return; }
      sheets[name].cropped = true;
      var svg = svgOf(name), room = 10, aside = false;
      svg.querySelectorAll("[id*=write-dlq]").forEach(function (it) { it.style.display = "none"; aside = true; });
      function extent(selector) {
        var all = [Infinity, Infinity, -Infinity, -Infinity];
        svg.querySelectorAll(selector).forEach(function (it) {
          var box = it.getBBox();
          if (!box.width || it.style.display === "none") { return; }
          all = [Math.min(all[0], box.x), Math.min(all[1], box.y), Math.max(all[2], box.x + box.width),
            Math.max(all[3], box.y + box.height)];
        });
        return all;
      }
      var nodes = extent(".node"), zones = extent(".zone"), all = extent(".node, .zone, .labels > g");
      var bottom = aside ? nodes[3] + room : all[3];
      svg.querySelectorAll(".zone > rect").forEach(function (rect) {
        var below = Number(rect.getAttribute("y")) + Number(rect.getAttribute("height")) - bottom;
        if (below > 0) { rect.setAttribute("height", rect.getAttribute("height") - below); }
      });
      var shift = svg.querySelector(".zones").parentNode.transform.baseVal.consolidate().matrix;
      svg.setAttribute("viewBox", [all[0] + shift.e - room, zones[1] + shift.f - room,
        all[2] - all[0] + 2 * room, bottom - zones[1] + 2 * room].map(Math.round).join(" "));
      svg.removeAttribute("width");
      svg.removeAttribute("height");
      // Where it is wider than its place it begins at the database, for that is what it is about.
      sheets[name].box.scrollLeft = sheets[name].box.scrollWidth;
    }

    // --- One moment --------------------------------------------------------------------------------

    function show() {
      var seconds = story.seconds(Math.floor(position)), said = [];
      slider.max = story.positions;
      slider.value = Math.floor(position);
      told.textContent = clock(seconds, story.naive.settings.start_hour);
      Object.keys(NAMES).forEach(function (side) {
        var now = shown[side] = story.at(side, seconds), of = counters[side].of, left = story[side].left;
        function count(name, text, look) {
          of[name].value.textContent = text;
          of[name].cell.className = "op-count" + (look ? " " + look : "");
        }
        count("stored", number(now.stored), now.stored ? "good" : "");
        count("waiting", number(now.waiting), "");
        count("lost", number(now.lost), now.lost ? "bad" : "");
        count("tries", number(now.tries), now.tries ? "bad" : "");
        // Nothing reaches the database of a client whose line is down; who waits on the premises does.
        var wanted = side === "naive" && down(seconds) ? 0 : now.connections, many = wanted > left;
        count("connections", number(wanted), many ? "bad" : "");
        of.connections.name.textContent = (many ? "want one of " : "of ") + left + " connections";
        count("load", planner.percent(now.load), now.load > 1 ? "bad" : "");
        of.connections.cell.querySelector("i").style.setProperty("--share", Math.min(100, 100 * wanted / left) + "%");
        of.waiting.cell.querySelector("i").style.setProperty("--share",
          100 * now.waiting / Math.max(1, story[side].whole.answer.settings.receipts) + "%");
        said.push((side === "naive" ? "Without a queue: " : "With the queue: ") + number(now.stored) + " stored, " +
          number(now.waiting) + " waiting, " + number(now.lost) + " lost");
      });
      root.dispatchEvent(new CustomEvent("peak-clock", { detail: seconds }));
      slider.setAttribute("aria-valuetext", told.textContent + ". " + said.join(". "));
      pictures(seconds);
      dots();
    }

    function pictures(seconds) {
      var naive = shown.naive, buffered = shown.buffered, cut = down(seconds);
      var full = naive.connections > story.naive.left && !cut;
      live("naive-direct-writes", "receipt-queue", number(story.naive.settings.receipts - naive.read));
      live("naive-direct-writes", "read-and-store", number(naive.connections));
      live("naive-direct-writes", "postgresql", full ? "full" : cut ? "0" : number(naive.connections), full);
      svgOf("naive-direct-writes").querySelectorAll("[id$=-expenses-app-postgresql], .peril").forEach(function (it) {
        it.classList.toggle("op-calm", !full);
      });
      var sheet = story.what.sheet, writes = number(Math.round(buffered.rates.write_rate)) + "/s", load = planner.percent(buffered.load);
      live(sheet, "write-queue", number(buffered.waiting));
      live(sheet, "read", number(Math.round(buffered.rates.read_rate)) + "/s");
      live(sheet, "pull-agent", writes);
      live(sheet, "store", writes);
      live(sheet, "postgresql", load, buffered.load > 1);
      ["naive-direct-writes", sheet].forEach(function (name) {
        var arrow = element(name, "arrow-" + CUTS[name]);
        arrow.classList.toggle("op-cut", cut);
        if (cut && !sheets[name].cut) { sheets[name].cut = cross(name); }
        if (sheets[name].cut) { sheets[name].cut.style.display = cut ? "" : "none"; }
      });
    }

    /* Whether the line to the client is cut. */
    function down(seconds) {
      var outages = story.naive.settings.outages;
      return outages.length > 0 && seconds >= story.what.cut_after &&
        seconds < story.what.cut_after + outages[0].hours * 3600;
    }

    /* A cross on the arrow that goes to the client, and what it means. */
    function cross(name) {
      var path = element(name, "arrow-" + CUTS[name] + "-path"), point = path.getPointAtLength(CUT_AT * path.getTotalLength());
      var made = draw("g", { "class": "op-cross" }, element(name, "overlay"));
      draw("circle", { cx: point.x, cy: point.y, r: 12 }, made);
      draw("path", { d: "M" + (point.x - 5) + "," + (point.y - 5) + "l10,10m0,-10l-10,10" }, made);
      draw("text", { x: point.x, y: point.y + 30 }, made).textContent = "link down";
      return made;
    }

    function dots() {
      [["naive", "naive-direct-writes"], ["buffered", story.what.sheet]].forEach(function (pair) {
        var layer = sheets[pair[1]].dots, used = 0, rates = shown[pair[0]].rates;
        MOVES[pair[1]].forEach(function (move) {
          var path = element(pair[1], "arrow-" + move[0] + "-path"), rate = rates[move[1]];
          if (!path || rate <= 0) { return; }
          var length = path.getTotalLength(), far = move[2] === "lost" && sheets[pair[1]].cut ? CUT_AT : 1;
          var many = Math.min(MOST_DOTS, Math.max(1, Math.round(rate * TRAVEL_S / RECEIPTS_A_DOT)),
            Math.max(1, Math.floor(length / DOT_ROOM)));
          var shift = move[2] === "lost" ? 0.5 / many : 0;
          for (var i = 0; i < many; i++) {
            var point = path.getPointAtLength(((travelled / TRAVEL_S + i / many + shift) % 1) * length * far);
            var dot = layer.children[used] || draw("circle", { r: 4.5 }, layer);
            used += 1;
            dot.setAttribute("class", "op-dot " + move[2]);
            dot.setAttribute("cx", point.x.toFixed(1));
            dot.setAttribute("cy", point.y.toFixed(1));
          }
        });
        while (layer.children.length > used) { layer.removeChild(layer.lastChild); }
      });
    }

    // --- What one does -------------------------------------------------------------------------------

    function ask(name, second, quietly) {
      key = name;
      story = Story(constants.whatIfs[name]);
      if (second !== null) { position = story.position(second); }
      position = Math.min(position, story.positions);
      for (var one in buttons) { buttons[one].setAttribute("aria-pressed", String(one === name)); }
      root.querySelectorAll(".op-marked").forEach(function (it) { it.classList.remove("op-marked"); });
      story.what.marks.forEach(function (mark) {
        var words = mark.split(" "), node = element(words[0], words[1]);
        if (node) { node.classList.add("op-marked"); }
      });
      NAMES.buffered.forEach(function (sheet) { sheets[sheet].box.hidden = sheet !== story.what.sheet; });
      counters.buffered.title.textContent = story.what.title;
      alone(story.what.buffered.writer === "poller");
      change.textContent = story.what.says;
      crop(story.what.sheet);
      show();
      if (!quietly) { written(); }
    }

    /* The sheet is of a mapping, whose functions are several at once; whoever runs once a minute is one. */
    function alone(is) {
      var node = element("lambda-over-vpn", "node-store"), detail = node.querySelector(".detail");
      detail.dataset.drawn = detail.dataset.drawn || detail.textContent;
      detail.textContent = is ? "one a minute" : detail.dataset.drawn;
      node.classList.toggle("op-alone", is);
    }

    function written() {
      var words = "#what-if=" + key + "&second=" + Math.round(story.seconds(Math.floor(position)));
      history.replaceState(null, "", words);
    }

    function turn(on) {
      if (on && (untouched || position >= story.positions)) { position = 0; }
      playing = on;
      untouched = false;
      play.textContent = on ? "❚❚ Pause" : "▶ Play";
      before = performance.now();
      if (on) { requestAnimationFrame(frame); } else { show(); written(); }
    }

    function frame(now) {
      if (!playing) { return; }
      var passed = Math.min(0.25, (now - before) / 1000), whole = Math.floor(position);
      before = now;
      position += passed * POSITIONS_A_SECOND;
      if (!still.matches) { travelled += passed * 2; }
      if (position >= story.positions) { position = story.positions; turn(false); return; }
      if (Math.floor(position) !== whole) { show(); } else if (!still.matches) { dots(); }
      requestAnimationFrame(frame);
    }

    function to(wanted) {
      untouched = false;
      playing = false;
      position = Math.max(0, Math.min(story.positions, wanted));
      turn(false);
    }

    play.addEventListener("click", function () { turn(!playing); });
    slider.addEventListener("input", function () { to(Number(slider.value)); });
    bindClockKeys(root, slider, function () { turn(!playing); }, function (by) { to(Math.floor(position) + by); });

    function fromAddress() {
      var asked = /^#what-if=([a-z-]+)(?:&second=(\d{1,6}))?$/.exec(location.hash);
      if (!asked || !Object.prototype.hasOwnProperty.call(constants.whatIfs, asked[1])) { return false; }
      untouched = false;
      ask(asked[1], asked[2] === undefined ? null : Number(asked[2]));
      return true;
    }
    window.addEventListener("hashchange", fromAddress);
    crop("naive-direct-writes");
    if (!fromAddress()) { ask(key, null, true); }
    root.classList.add("op-ready");
  }

  function begin() { document.querySelectorAll(".one-peak").forEach(start); }
  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", begin); }
  else { begin(); }
})(RECEIPTS_CONSTANTS, Receipts.plan, Receipts.story);
