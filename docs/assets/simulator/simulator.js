/* The page: the reader's client in a sentence, what the model says to it, an idea a figure, stories, and
   all settings. What is asked is in the address: #receipts=… for a client, #story=… for a story. */
(function (constants, planner, controls, fields, charts, curves, letter, parts) {
  "use strict";

  var make = controls.make;
  var MINE = { receipts: 30000, batch_receipts: 300, arrival: "burst", start_hour: 10, knee: 1000, app_load: 950, advised: true };
  var START_HOURS = { burst: 10, even: 0, office: 0, deadline: 0 };
  var IN_SENTENCE = ["batch_receipts", "receipts", "arrival", "knee", "app_load", "start_hour", "arrival_hours", "on_call", "advised"];
  var ON_CALL = { 1: "somebody day and night", 16: "somebody in office hours", 64: "nobody at the weekend" };
  /* What can be moved where a limit is what comes first. */
  var MOVES = { connections: "max_connections", pool: "connections", "link down": "outage_hours", hours: "outage_hours",
    "burnt receives": "max_receives", "near receives": "max_receives", "write retention": "retention_days",
    "near retention": "retention_days", "receipt retention": "maximum_concurrency", concurrency: "maximum_concurrency",
    "poller ramp": "batch_receipts", "database room": "knee", "app load": "app_load", "writer speed": "write_batch",
    transactions: "write_batch", "database burst": "write_batch", "unpaced load": "write_batch", visibility: "write_batch",
    timeout: "read_seconds" };
  var LEVELS = { breaks: "This breaks first", binds: "Nothing breaks; this limits first", fits: "Nothing is at its limit" };

  function start(root) {
    var state, customers = 0, waiting = 0, answers = null, first = null, howTo = document.getElementById("how-to-find-out");
    root.textContent = "";
    root.classList.add("rs-ready");

    // --- The page's places -------------------------------------------------------------------------

    function part(title, className) {
      var made = make("section", { className: className }, root);
      make("h2", { textContent: title, id: title.toLowerCase().replace(/\W+/g, "-") }, made);
      return made;
    }
    var client = part("Your client", "rs-client"), mine = {};
    ["customers", "batch_receipts", "knee", "app_load"].forEach(function (name) {
      mine[name] = fields.numberField(controls.named(name), set);
    });
    mine.arrival = fields.choiceField(controls.named("arrival"), set);
    mine.on_call = fields.choiceField({ name: "on_call", label: "Who is on call", of: ON_CALL, numeric: true,
      other: function (hours) { return "somebody, after " + planner.number(hours) + " h"; } }, set);
    fields.sentence(make("p", { className: "rs-sentence" }, client), "At the end of January {customers} customers send " +
      "{batch_receipts} photos each, {arrival}. The client’s database begins to slow at {knee} rows a second, and its " +
      "expenses app alone takes {app_load} in its busiest hour. On call is {on_call}.", mine);
    if (howTo) { client.appendChild(howTo); }
    var besides = make("p", { className: "rs-besides" }, client);
    var error = make("p", { className: "rs-error", hidden: true }, client);
    error.setAttribute("role", "alert");

    var answer = make("div", { className: "rs-answer" }, client);
    var mail = make("section", { className: "rs-letter" }, answer);
    make("h3", { textContent: "What to write to the client" }, mail);
    var lines = make("div", { className: "rs-lines" }, mail), actions = make("p", { className: "rs-actions" }, mail);
    make("button", { type: "button", textContent: "Copy as text" }, actions).addEventListener("click", copy);
    var back = make("button", { type: "button", textContent: "Back to the safe rate" }, actions);
    back.addEventListener("click", function () { set("advised", true); });
    var copied = make("span", {}, actions);
    copied.setAttribute("role", "status");
    var binding = make("section", { className: "rs-first" }, answer), bindingTitle = make("h3", {}, binding), bindingText = make("p", {}, binding);
    var bindingFigure = make("figure", {}, binding), bindingMove = make("div", { className: "rs-control" }, binding);

    var ideas = parts.ideas.build(part("Five ideas, one number each", "rs-ideas"), set);
    var told = part("Four stories", "rs-told");
    make("p", { textContent: "Guess before you look. Being wrong first is how one learns where queues surprise." }, told);
    var stories = parts.stories.build(told, function (key) { addressed("story=" + key); }, take);
    var everything = make("details", { className: "rs-change" }, root);
    make("summary", { textContent: "All settings, and all that the model says" }, everything);
    var all = parts.allSettings.build(make("div", {}, everything), set);
    everything.addEventListener("toggle", function () { if (everything.open && answers) { all.show(answers.peak); } });

    // --- What is asked -----------------------------------------------------------------------------

    function set(name, value) {
      if (name === "customers") { customers = value; } else { state[name] = value; }
      if (name === "customers" || name === "batch_receipts") { state.receipts = customers * state.batch_receipts; }
      else if (name === "receipts") { count(); }
      if (name === "arrival") { state.start_hour = START_HOURS[value]; }
      if (name === "rate" || name === "write_batch" || name === "writer") { state.advised = false; }
      copied.textContent = "";
      later();
    }

    function count() { customers = Math.ceil(state.receipts / state.batch_receipts); }

    function take(settings) {
      state = controls.shown(settings);
      count();
      later();
      client.scrollIntoView();
    }

    function addressed(words) { history.replaceState(null, "", "#" + words); }

    /* What the sentence doesn't say, where it isn't as usual. */
    function unusual() {
      var base = controls.shown(constants.defaults), hidden = state.advised ? ["rate", "write_batch"] : [];
      return Object.keys(base).filter(function (name) {
        return controls.named(name) && IN_SENTENCE.concat(hidden).indexOf(name) < 0 && state[name] !== base[name];
      }).map(function (name) {
        var one = controls.named(name);
        return one.label + ": " + (one.of ? one.of[state[name]] : planner.number(state[name]));
      }).concat(state.nights ? ["Write from 19:00 to 06:00 only"] : []);
    }

    // --- What the model says -------------------------------------------------------------------------

    function later() {
      clearTimeout(waiting);
      // A million receipts take seconds: don't begin while a number is typed.
      waiting = setTimeout(function () { compute(true); }, state.receipts > 100000 ? 500 : 120);
    }

    function compute(moved) {
      clearTimeout(waiting);
      if (state.advised && !controls.wrong(Object.assign({}, state, { rate: 1, write_batch: 1 }))) {
        Object.assign(state, letter.advice(controls.settings(state)));
      }
      var complaint = controls.wrong(state);
      show(complaint);
      if (complaint) { return; }
      if (moved) { addressed(controls.written(state) || "receipts=" + state.receipts); }
      var settings = controls.settings(state);
      answers = { peak: planner.plan(settings), single: planner.plan(letter.alone(settings)),
        outage: planner.plan(letter.cut(settings, state.on_call)) };
      render();
    }

    function show(complaint) {
      var shown = Object.assign({ customers: customers }, state);
      Object.keys(mine).map(function (name) { return mine[name]; }).concat(ideas.fields).forEach(function (field) {
        field.show(shown[field.name], complaint && complaint.indexOf(field.name + " ") === 0);
      });
      all.showControls(state);
      error.hidden = !complaint;
      error.textContent = complaint ? "Can't plan that: " + complaint + "." : "";
      root.classList.toggle("rs-stale", Boolean(complaint));
      var words = unusual();
      besides.textContent = words.length ? "Not as usual: " + words.join("; ") + "." : "";
      back.hidden = state.advised || state.writer !== "agent";
    }

    function render() {
      lines.textContent = "";
      paragraphs().forEach(function (text) { fields.emphasised(make("p", {}, lines), text); });
      bound();
      ideas.show(answers);
      if (everything.open) { all.show(answers.peak); }
    }

    function paragraphs() { return letter.paragraphs(answers.peak, answers.single, answers.outage, state.on_call); }

    /* The chart of what comes first, and beside it what moves it. */
    function bound() {
      var worst = answers.peak.verdict[0], name = MOVES[worst.limit] || "rate";
      bindingTitle.textContent = LEVELS[worst.level];
      bindingText.textContent = worst.text;
      binding.className = "rs-first rs-" + worst.level;
      var chart = curves.all(answers.peak)[curves.first(answers.peak)];
      chart.wide = true;
      charts.draw(bindingFigure, chart);
      if ((!first || first.name !== name) && !bindingMove.contains(document.activeElement)) {
        bindingMove.textContent = "";
        make("label", { textContent: controls.named(name).label, htmlFor: "rs-first-move" }, bindingMove);
        first = { name: name, show: controls.slide(bindingMove, controls.named(name), "rs-first-move", set) };
      }
      first.show(state);
    }

    function copy() {
      var text = paragraphs().join("\n\n").replace(/\*\*/g, "") + "\n\n" + root.dataset.ground + "\n";
      if (location.protocol !== "file:") { text += location.href + "\n"; }
      var done = function () { copied.textContent = "Copied."; };
      var area = make("textarea", { value: text, className: "rs-copied" }, actions);
      area.select();
      // The old way works without asking, from a file too.
      if (document.execCommand("copy")) { done(); } else { navigator.clipboard.writeText(text).then(done); }
      area.remove();
    }

    // --- Where one begins ------------------------------------------------------------------------------

    function fromAddress() {
      var story = /^#story=([a-z-]+)$/.exec(location.hash);
      var known = story && Object.prototype.hasOwnProperty.call(constants.presets, story[1]);
      var found = controls.read(location.hash);
      if (!found && !known && state) { return; }
      state = found || state || Object.assign(controls.shown(constants.defaults), MINE);
      count();
      stories.tell(known ? story[1] : "quiet-tuesday");
      compute(false);
      // What is built above it has moved the place that an address names.
      var place = known ? told : !found && location.hash && document.getElementById(location.hash.slice(1));
      if (place) { place.scrollIntoView(); }
    }

    window.addEventListener("hashchange", fromAddress);
    window.addEventListener("resize", function () {
      clearTimeout(waiting);
      if (answers) { waiting = setTimeout(render, 150); }
    });
    fromAddress();
  }

  function begin() {
    var root = document.getElementById("receipts-simulator");
    if (root) { start(root); }
  }
  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", begin); }
  else { begin(); }
})(RECEIPTS_CONSTANTS, Receipts.plan, Receipts.controls, Receipts.fields, Receipts.charts, Receipts.curves, Receipts.letter,
  Receipts);
