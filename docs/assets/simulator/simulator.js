/* The page: a story, a prediction, then the figures. All state is in the address. */
(function (constants, planner, controls, charts, asking) {
  "use strict";

  var make = controls.make, number = planner.number, duration = planner.duration;
  var CUSTOM = { name: "Your own settings", story: "Nobody has told you how this one ends.",
    question: "What will the model say?" };
  var LEVELS = { breaks: "something breaks", binds: "something binds, nothing breaks",
    fits: "nothing binds: it fits" };
  var ROWS = 12;

  function clock(seconds, startHour) {
    var total = seconds + startHour * 3600, hour = Math.floor(total / 3600) % 24;
    var minute = Math.floor(total / 60) % 60, two = function (n) { return (n < 10 ? "0" : "") + n; };
    return "day " + (Math.floor(total / 86400) + 1) + ", " + two(hour) + ":" + two(minute);
  }

  function start(root) {
    var state, story = null, answer = null, revealed = false, waiting = 0, moves = [], moment = null;
    root.textContent = "";
    root.classList.add("rs-ready");

    var stories = make("div", { className: "rs-stories" }, root);
    stories.setAttribute("role", "group");
    stories.setAttribute("aria-label", "Stories");
    var buttons = {};
    Object.keys(constants.presets).forEach(function (key) {
      buttons[key] = make("button", { type: "button", textContent: constants.presets[key].name }, stories);
      buttons[key].addEventListener("click", function () { tell(key); });
    });
    var told = make("p", { className: "rs-story" }, root);
    var asked = make("form", { className: "rs-question" }, root);
    var said = make("p", { className: "rs-said" }, root);
    said.setAttribute("role", "status");
    var error = make("p", { className: "rs-error", hidden: true }, root);
    error.setAttribute("role", "alert");
    var shown = make("div", { className: "rs-answer", hidden: true }, root);
    var figures = make("div", { className: "rs-figures" }, shown);
    var slide = make("div", { className: "rs-slide" }, shown);
    make("label", { textContent: "Moment", htmlFor: "rs-moment" }, slide);
    var slider = make("input", { type: "range", id: "rs-moment", min: 0, value: 0 }, slide);
    var now = make("p", { className: "rs-now" }, slide);
    var findings = make("ul", { className: "rs-findings" }, shown);
    findings.setAttribute("aria-live", "polite");
    var sums = make("dl", { className: "rs-sums" }, shown);
    var details = make("details", { className: "rs-table" }, shown);
    make("summary", { textContent: "The same numbers as a table" }, details);
    var table = make("table", {}, make("div", { className: "rs-scroll" }, details));
    var change = make("details", { className: "rs-change" }, root);
    make("summary", { textContent: "Change the numbers" }, change);
    var panel = make("form", { className: "rs-controls" }, change);
    panel.addEventListener("submit", function (event) { event.preventDefault(); });
    var typed = make("p", { className: "rs-command" }, root);
    var show = controls.build(panel, function (name, value) {
      state[name] = value;
      ownSettings();
      later();
    });
    slider.addEventListener("input", function () { choose(Number(slider.value)); });

    /* The reader's own settings have no story: what was told, asked and answered is about others. */
    function ownSettings() {
      if (!story) { said.textContent = ""; return; }
      story = null;
      buttonsFor(null);
      if (revealed) {
        told.textContent = CUSTOM.story;
        said.textContent = "";
      } else {
        askOwn();
      }
    }

    function askOwn() {
      question(CUSTOM, Object.keys(LEVELS).map(function (level) { return LEVELS[level]; }));
    }

    // --- A story and its question ------------------------------------------------------------------

    function buttonsFor(key) {
      for (var one in buttons) { buttons[one].setAttribute("aria-pressed", String(one === key)); }
    }

    function tell(key) {
      story = constants.presets[key];
      state = controls.shown(Object.assign({}, constants.defaults, story.settings));
      buttonsFor(key);
      question(story, story.choices.map(function (choice) { return choice.text; }));
      later();
    }

    function question(about, choices) {
      revealed = false;
      moment = null;
      said.textContent = "";
      told.textContent = about.story;
      asked.textContent = "";
      asked.hidden = false;
      var set = make("fieldset", {}, asked);
      make("legend", { textContent: "Predict first: " + about.question }, set);
      choices.forEach(function (says, i) {
        var label = make("label", {}, set);
        make("input", { type: "radio", name: "rs-choice", value: i, required: true }, label);
        label.appendChild(document.createTextNode(" " + says));
      });
      make("button", { type: "submit", textContent: "Show what happens" }, asked);
      asked.onsubmit = function (event) {
        event.preventDefault();
        var picked = asked.querySelector("input:checked");
        revealed = true;
        asked.hidden = true;
        compute();
        if (answer) { said.textContent = about.question + " " + reply(Number(picked.value), choices); }
        said.tabIndex = -1;
        said.focus();
      };
    }

    function reply(picked, choices) {
      var right, truth;
      if (story) {
        var figure = answer[story.figure];
        right = story.choices.findIndex(function (c) { return c.low <= figure && figure < c.high; });
        truth = story.figure === "refused" ? number(figure) + " of " + number(state.receipts) + " receipts"
          : duration(figure);
      } else {
        right = Object.keys(LEVELS).indexOf(answer.verdict[0].level);
        truth = LEVELS[answer.verdict[0].level];
      }
      return (picked === right ? "You saw it coming: " : "You said “" + choices[picked] + "”. ") +
        "The model says " + truth + ".";
    }

    // --- The answer ----------------------------------------------------------------------------------

    function later() {
      show(state);
      typed.textContent = "";
      make("span", { textContent: "The same on your machine: " }, typed);
      make("code", { textContent: controls.command(state) }, typed);
      clearTimeout(waiting);
      // A million receipts take a second: don't begin while a slider moves.
      waiting = setTimeout(compute, state.receipts > 200000 ? 400 : 80);
    }

    function compute() {
      clearTimeout(waiting);
      var complaint = controls.wrong(state);
      error.hidden = !complaint;
      error.textContent = complaint ? "Can't plan that: " + complaint + "." : "";
      answer = null;
      shown.hidden = true;
      if (complaint) { return; }
      history.replaceState(null, "", "#" + (controls.written(state) || "receipts=" + state.receipts));
      if (!revealed) { return; }
      answer = planner.plan(controls.settings(state));
      if (moment === null) { moment = fullest(answer.series); }
      shown.hidden = false;
      render();
    }

    function render() {
      var series = answer.series, steps = series.receipt_depth.length, settings = answer.settings;
      findings.textContent = "";
      answer.verdict.forEach(function (one) {
        var item = make("li", { className: "rs-" + one.level }, findings);
        make("strong", { textContent: one.level + ": " + one.limit }, item);
        make("span", { textContent: " " + one.text + " " }, item);
        make("em", { textContent: one.change }, item);
      });
      var cost = answer.usd.verified + answer.usd.unverified, read = 0;
      series.usd = series.read_rate.map(function (rate) {
        read += rate * series.step;
        return read * cost / 1000;
      });
      series.load = series.row_rate.map(function (rows, i) { return rows + series.app_load[i]; });
      moves = drawn(figures, answer, choose);
      slider.max = steps - 1;
      choose(Math.min(moment, steps - 1));
      summed(sums, answer, cost);
      tabled(table, answer, settings.start_hour);
    }

    function choose(step) {
      moment = step;
      slider.value = step;
      moves.forEach(function (move) { move(step); });
      var series = answer.series, at = (step + 1) * series.step;
      var text = clock(at, answer.settings.start_hour) + " (after " + duration(at) + "): " +
        number(series.receipt_depth[step]) + " to read, " + number(series.write_depth[step]) +
        " to write, the oldest for " + duration(series.write_age[step]) + "; database at " +
        planner.percent(series.load[step] / answer.settings.knee) + "; " +
        series.usd[step].toFixed(2) + " USD so far";
      now.textContent = text;
      slider.setAttribute("aria-valuetext", text);
    }

    function fromAddress() {
      var found = controls.read(location.hash);
      if (!found) { return false; }
      story = null;
      state = found;
      buttonsFor(null);
      askOwn();
      later();
      return true;
    }

    window.addEventListener("hashchange", fromAddress);
    window.addEventListener("resize", function () {
      clearTimeout(waiting);
      if (answer) { waiting = setTimeout(render, 150); }
    });
    if (!fromAddress()) { tell("quiet-tuesday"); }
  }

  /* The chart that shows a finding; it comes first. */
  var SHOWN_BY = { connections: "connections", pool: "connections", "link down": "vain", "burnt receives": "vain",
    "near receives": "vain", "write retention": "age", "near retention": "age", "receipt retention": "age",
    hours: "waiting", "write rate": "waiting", "database room": "waiting", "writer speed": "waiting",
    transactions: "rate", "poller ramp": "waiting", concurrency: "waiting" };

  /* The step in which most wait. */
  function fullest(series) {
    var best = 0;
    series.write_depth.forEach(function (depth, i) {
      if (depth + series.receipt_depth[i] > series.write_depth[best] + series.receipt_depth[best]) {
        best = i;
      }
    });
    return best;
  }

  /* Steps shorter than a second are shown by the second: a single receipt is no rate. */
  function perSecond(rates, step) {
    var wide = step >= 1 ? 1 : Math.round(1 / step);
    return rates.map(function (_, i) {
      var part = rates.slice(i - i % wide, i - i % wide + wide);
      return part.reduce(function (a, b) { return a + b; }) / part.length;
    });
  }

  /* What is held in the two seconds before each step's end: a step without an event holds what was held. */
  function held(most, step) {
    var wide = step >= 1 ? 1 : Math.round(2 / step);
    return most.map(function (_, i) { return Math.max.apply(null, most.slice(Math.max(0, i - wide + 1), i + 1)); });
  }

  // --- Figures, sums, table --------------------------------------------------------------------------

  function drawn(parent, answer, choose) {
    var series = answer.series, settings = answer.settings, kept = settings.retention_days * 86400;
    var busiest = asking.openHours(settings).pop();
    var safe = asking.safeRate(settings, busiest) + asking.appLoad(settings, busiest);
    var oldest = Math.max.apply(null, series.write_age.concat(series.receipt_age));
    var unit = oldest >= 7200 ? ["h", 3600] : oldest >= 120 ? ["min", 60] : ["s", 1];
    function aged(ages) { return ages.map(function (age) { return age / unit[1]; }); }
    var left = settings.max_connections - settings.app_connections, lost = 0;
    var gone = series.lost.map(function (receipts) { lost += receipts; return lost; });
    var wanted = [
      { name: "load", title: "The client's database: load against its limit, rows/s",
        said: "At most " + planner.percent(answer.peak_database_load) + " of the limit.",
        lines: [{ name: "rows and app", values: series.load, look: "rs-b" },
          { name: "expenses app", values: series.app_load, look: "rs-app", fill: true }],
        limits: [{ name: "here it begins to slow", value: settings.knee, always: true },
          { name: "safe in the busiest hour", value: safe }] },
      { name: "connections", title: "Connections that the writers hold or want",
        said: "At most " + number(answer.peak_connections) + "; the app leaves " + number(left) + ".",
        lines: [{ name: "held or wanted", values: held(series.connections, series.step), look: "rs-b" }],
        limits: [{ name: "left by the app", value: left }] },
      { name: "waiting", title: "Waiting, receipts", said: "To read at most " + number(answer.peak_receipt_depth) +
          ", to write at most " + number(answer.peak_write_depth) + ".",
        lines: [{ name: "receipt queue", values: series.receipt_depth, look: "rs-a" },
          { name: "write queue", values: series.write_depth, look: "rs-b" }] },
      { name: "age", title: "Age of the oldest, " + unit[0], said: "On the write queue at most " +
          duration(answer.longest_write_wait) + ".",
        lines: [{ name: "receipt queue", values: aged(series.receipt_age), look: "rs-a" },
          { name: "write queue", values: aged(series.write_age), look: "rs-b" }],
        limits: [{ name: "deleted: retention", value: kept / unit[1] }] },
      { name: "rate", title: "Rate, a second", said: "In its busiest second the writer offers " +
          number(answer.peak_row_rate) + " rows.",
        lines: [{ name: "receipts read", values: perSecond(series.read_rate, series.step), look: "rs-a" },
          { name: "rows written", values: perSecond(series.write_rate, series.step), look: "rs-b" }] },
      { name: "cost", title: "Cost so far, USD", said: series.usd[series.usd.length - 1].toFixed(2) + " in all.",
        lines: [{ name: "at dated and unverified prices", values: series.usd, look: "rs-a" }] },
    ];
    if (answer.tries_in_vain || lost) {
      wanted.splice(2, 0, { name: "vain", title: "Lost, receipts so far, and tries in vain a second",
        said: number(lost) + " lost, " + number(answer.tries_in_vain) + " tries in vain.",
        lines: [{ name: "lost", values: gone, look: "rs-a" },
          { name: "tries in vain a second", values: perSecond(series.refused, series.step), look: "rs-b" }] });
    }
    var first = SHOWN_BY[answer.verdict[0].limit] || "load";
    wanted.sort(function (a, b) { return (b.name === first) - (a.name === first); });
    wanted[0].wide = true;
    while (parent.children.length < wanted.length) { make("figure", {}, parent); }
    while (parent.children.length > wanted.length) { parent.removeChild(parent.lastChild); }
    return wanted.map(function (one, i) {
      one.step = series.step;
      one.choose = choose;
      return charts.draw(parent.children[i], one);
    });
  }

  function summed(list, answer, cost) {
    list.textContent = "";
    [["last receipt read after", duration(answer.read_done)],
      ["last row stored after", duration(answer.completion)],
      ["rows stored", number(answer.stored)],
      ["lost: refused, expired or dead-lettered", number(answer.refused + answer.unreachable +
        answer.expired_unread + answer.expired_unwritten + answer.dead_lettered)],
      ["tries in vain", number(answer.tries_in_vain)],
      ["receives in vain of one result, at most", number(Math.floor(answer.most_receives)) + " of " +
        number(answer.settings.max_receives)],
      ["readers at once, at most", number(answer.peak_concurrency)],
      ["USD a thousand receipts", cost.toFixed(3) + " (" + answer.usd.unverified.toFixed(3) +
        " of it at unverified prices)"],
    ].forEach(function (pair) {
      make("dt", { textContent: pair[0] }, list);
      make("dd", { textContent: pair[1] }, list);
    });
  }

  function tabled(table, answer, startHour) {
    var series = answer.series, steps = series.usd.length, head, row;
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
      head = make("th", { textContent: clock((i + 1) * series.step, startHour) }, row);
      head.scope = "row";
      [number(series.receipt_depth[i]), number(series.write_depth[i]), duration(series.write_age[i]),
        number(series.read_rate[i]), number(series.write_rate[i]),
        planner.percent(series.load[i] / answer.settings.knee), series.usd[i].toFixed(2)]
        .forEach(function (text) { make("td", { textContent: text }, row); });
    }
  }

  function begin() {
    var root = document.getElementById("receipts-simulator");
    if (root) { start(root); }
  }
  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", begin); }
  else { begin(); }
})(RECEIPTS_CONSTANTS, Receipts.plan, Receipts.controls, Receipts.charts, Receipts.asking);
