/* All settings and all that the model says about them, at any moment. */
Receipts.allSettings = (function (planner, controls, charts, curves, letter) {
  "use strict";

  var make = controls.make, number = planner.number, duration = planner.duration, ROWS = 12;

  /* Builds it into `root`; `changed(name, value)` hears of every move. */
  function build(root, changed) {
    var answer = null, moment = null, moves = [];
    var panel = make("form", { className: "rs-controls" }, root);
    panel.addEventListener("submit", function (event) { event.preventDefault(); });
    var showControls = controls.build(panel, changed);
    var typed = make("p", { className: "rs-command" }, root);
    var findings = make("ul", { className: "rs-findings" }, root);
    var slide = make("div", { className: "rs-slide" }, root);
    make("label", { textContent: "Moment", htmlFor: "rs-moment" }, slide);
    var slider = make("input", { type: "range", id: "rs-moment", min: 0, value: 0 }, slide);
    var now = make("p", { className: "rs-now" }, slide);
    var figures = make("div", { className: "rs-figures" }, root);
    var sums = make("dl", { className: "rs-sums" }, root);
    var details = make("details", { className: "rs-table" }, root);
    make("summary", { textContent: "The same numbers as a table" }, details);
    var table = make("table", {}, make("div", { className: "rs-scroll" }, details));
    slider.addEventListener("input", function () { choose(Number(slider.value)); });

    function choose(step) {
      moment = step;
      slider.value = step;
      moves.forEach(function (move) { move(step); });
      var series = answer.series, at = (step + 1) * series.step;
      var text = letter.clock(at, answer.settings.start_hour) + " (after " + duration(at) + "): " +
        number(series.receipt_depth[step]) + " to read, " + number(series.write_depth[step]) +
        " to write, the oldest for " + duration(series.write_age[step]) + "; database at " +
        planner.percent(curves.load(series)[step] / answer.settings.knee) + "; " +
        curves.usd(answer)[step].toFixed(2) + " USD so far";
      now.textContent = text;
      slider.setAttribute("aria-valuetext", text);
    }

    return {
      showControls: function (state) {
        showControls(state);
        typed.textContent = "";
        make("span", { textContent: "The same on your machine: " }, typed);
        make("code", { textContent: controls.command(state) }, typed);
      },
      show: function (given) {
        answer = given;
        listed(findings, answer);
        moves = drawn(figures, answer, choose);
        var steps = answer.series.receipt_depth.length;
        slider.max = steps - 1;
        choose(Math.min(moment === null ? fullest(answer.series) : moment, steps - 1));
        summed(sums, answer);
        tabled(table, answer);
      },
    };
  }

  function listed(list, answer) {
    list.textContent = "";
    answer.verdict.forEach(function (one) {
      var item = make("li", { className: "rs-" + one.level }, list);
      make("strong", { textContent: one.level + ": " + one.limit }, item);
      make("span", { textContent: " " + one.text + " " }, item);
      make("em", { textContent: one.change }, item);
    });
  }

  /* The step in which most wait. */
  function fullest(series) {
    var best = 0;
    series.write_depth.forEach(function (depth, i) {
      if (depth + series.receipt_depth[i] > series.write_depth[best] + series.receipt_depth[best]) { best = i; }
    });
    return best;
  }

  /* What shows the gravest finding comes first, and is the widest. */
  function drawn(parent, answer, choose) {
    var of = curves.all(answer), first = curves.first(answer);
    var names = Object.keys(of).filter(function (name) { return name !== "room" || name === first; }).sort(function (a, b) { return (b === first) - (a === first); });
    of[first].wide = true;
    while (parent.children.length < names.length) { make("figure", {}, parent); }
    while (parent.children.length > names.length) { parent.removeChild(parent.lastChild); }
    return names.map(function (name, i) {
      of[name].choose = choose;
      return charts.draw(parent.children[i], of[name]);
    });
  }

  function summed(list, answer) {
    list.textContent = "";
    [["last receipt read after", duration(answer.read_done)],
      ["last row stored after", duration(answer.completion)],
      ["rows stored", number(answer.stored)],
      ["lost: refused, expired or dead-lettered", number(letter.lost(answer))],
      ["tries in vain", number(answer.tries_in_vain)],
      ["receives in vain of one result, at most", number(Math.floor(answer.most_receives)) + " of " +
        number(answer.settings.max_receives)],
      ["readers at once, at most", number(answer.peak_concurrency)],
      ["USD a thousand receipts", (answer.usd.verified + answer.usd.unverified).toFixed(3) + " (" +
        answer.usd.unverified.toFixed(3) + " of it at unverified prices)"],
    ].forEach(function (pair) {
      make("dt", { textContent: pair[0] }, list);
      make("dd", { textContent: pair[1] }, list);
    });
  }

  function tabled(table, answer) {
    var series = answer.series, steps = series.read_rate.length, head, row, usd = curves.usd(answer), load = curves.load(series);
    table.textContent = "";
    make("caption", { textContent: "At the end of twelve equal parts of the time" }, table);
    row = make("tr", {}, make("thead", {}, table));
    ["when", "to read", "to write", "oldest to write", "read/s", "rows/s", "database", "USD"]
      .forEach(function (title) {
        head = make("th", { textContent: title }, row);
        head.scope = "col";
      });
    var body = make("tbody", {}, table);
    for (var part = 1; part <= Math.min(ROWS, steps); part++) {
      var i = Math.ceil(part * steps / Math.min(ROWS, steps)) - 1;
      row = make("tr", {}, body);
      head = make("th", { textContent: letter.clock((i + 1) * series.step, answer.settings.start_hour) }, row);
      head.scope = "row";
      [number(series.receipt_depth[i]), number(series.write_depth[i]), duration(series.write_age[i]),
        number(series.read_rate[i]), number(series.write_rate[i]),
        planner.percent(load[i] / answer.settings.knee), usd[i].toFixed(2)]
        .forEach(function (text) { make("td", { textContent: text }, row); });
    }
  }

  return { build: build };
})(Receipts.plan, Receipts.controls, Receipts.charts, Receipts.curves, Receipts.letter);
