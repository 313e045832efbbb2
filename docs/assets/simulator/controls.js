/* The settings as the reader moves them: sliders, choices, the address and the command line. */
Receipts.controls = (function (constants, asking, words) {
  "use strict";

  var MOST_RECEIPTS = 1000000;
  constants.parameters.receipts.high = MOST_RECEIPTS;

  /* `part` is the fieldset; `how` says where the reader finds the number. */
  var PARTS = { peak: "What comes, and how fast it is read", writer: "Who writes, and how",
    own: "Your database", link: "The link, and what fails" };
  var SLIDERS = [
    { name: "receipts", label: "Receipts", low: 1, high: MOST_RECEIPTS, whole: true, part: "peak" },
    { name: "batch_receipts", label: "Photos a request", low: 1, high: 10000, whole: true, part: "peak" },
    { name: "read_seconds", label: "Seconds to read one", low: 0.1, high: 60, part: "peak", how: "receipts read shows it" },
    { name: "maximum_concurrency", label: "Readers at once, at most", low: 2, high: 1000, whole: true, part: "peak" },
    { name: "rate", label: "Rows/s the client allows", low: 0.1, high: 1000, part: "writer", how: "the agent's ceiling" },
    { name: "write_batch", label: "Rows a transaction, at most", low: 1, high: 500, whole: true, part: "writer",
      how: "rows_per_transaction, or the mapping's BatchSize" },
    { name: "connections", label: "Connections of the writer", low: 1, high: 1000, whole: true, part: "writer",
      how: "the agent has 1, a mapping its MaximumConcurrency" },
    { name: "retention_days", label: "Write queue keeps, days", low: 0.01, high: 14, part: "writer",
      how: "MessageRetentionPeriod" },
    { name: "knee", label: "Rows/s at which the database begins to slow", low: 1, high: 20000, part: "own",
      how: "write faster by steps, on a copy, until the app's answers slow" },
    { name: "app_load", label: "Expenses app, rows/s at its peak", low: 0, high: 1200, even: true, part: "own",
      how: "tup_inserted, tup_updated and tup_deleted of pg_stat_database, twice, in the busy hour" },
    { name: "max_connections", label: "Connections the database accepts", low: 2, high: 1000, whole: true, part: "own",
      how: "SHOW max_connections" },
    { name: "app_connections", label: "Connections the expenses app holds", low: 0, high: 999, whole: true, even: true,
      part: "own", how: "rows of pg_stat_activity in the busy hour" },
    { name: "safe_share", label: "Share of the headroom that is safe", low: 0.05, high: 1, part: "own",
      how: "a judgement, 0.5 to 0.7" },
    { name: "outage_begin", label: "Link fails after, hours", low: 0, high: 48, even: true, part: "link" },
    { name: "outage_hours", label: "Link down for, hours (0: never)", low: 0, high: 336, even: true, part: "link" },
    { name: "failing_try_seconds", label: "A failing try takes, seconds", low: 0.01, high: 60, part: "link",
      how: "refused at once, or a connect timeout" },
    { name: "max_receives", label: "Receives before the dead-letter queue", low: 1, high: 1000, whole: true, part: "link",
      how: "maxReceiveCount" },
    { name: "visibility_seconds", label: "Visibility timeout, seconds", low: 1, high: 43200, whole: true, part: "link" },
    { name: "retries", label: "More tries of a refused reader", low: 0, high: 10, whole: true, even: true, part: "link" },
  ];
  var CHOICES = [
    { name: "arrival", label: "They come", part: "peak", of: { burst: "all at once", even: "evenly over a day",
      office: "by office hours", deadline: "before a deadline, over 3 days" } },
    { name: "poller_mode", label: "Readers start", part: "peak", of: { standard: "by the standard ramp",
      provisioned: "with 50 provisioned pollers", asynchronous: "by direct invoke" } },
    { name: "writer", label: "Rows are written by", part: "writer", of: { agent: "the pull agent, paced",
      lambda: "Lambda over VPN, MaximumConcurrency", reserved: "Lambda over VPN, reserved concurrency",
      poller: "a function once a minute, paced", pipes: "a pipe to an API, paced", file: "a file each night",
      pooled: "each reader, through a pool", direct: "each reader itself" } },
  ];
  var SWITCHES = [
    { name: "yields", label: "The agent's rate yields to the app", part: "writer" },
    { name: "nights", label: "Write from 19:00 to 06:00 only", part: "writer" },
  ];
  /* Asked in sentences alone; the model knows them as receipts, and as an outage. */
  var ASKED = [
    { name: "customers", label: "Customers in January", low: 1, high: 100000, whole: true },
    { name: "on_call", label: "Hours until the line is mended", low: 1, high: 336, whole: true },
  ];
  var STEPS = 1000, ON_CALL_HOURS = 16;

  function named(name) {
    return ASKED.concat(SLIDERS, CHOICES).filter(function (one) { return one.name === name; })[0];
  }

  function places(slider, share) {
    if (slider.even) {
      var even = slider.low + share * (slider.high - slider.low);
      return slider.whole ? Math.round(even) : Math.round(even * 10) / 10;
    }
    var value = slider.low * Math.pow(slider.high / slider.low, share);
    return slider.whole ? Math.round(Number(value.toPrecision(2))) : Number(value.toPrecision(2));
  }

  function share(slider, value) {
    if (slider.even) { return (value - slider.low) / (slider.high - slider.low); }
    return Math.log(value / slider.low) / Math.log(slider.high / slider.low);
  }

  function make(name, properties, parent) {
    var made = document.createElement(name);
    for (var key in properties) { made[key] = properties[key]; }
    if (parent) { parent.appendChild(made); }
    return made;
  }

  // --- What the controls show, and the settings of the model -----------------------------------------

  function shown(settings) {
    var outage = settings.outages[0];
    return Object.assign({}, settings, {
      outage_begin: outage ? outage.after_hours : 0,
      outage_hours: outage ? outage.hours : 0,
      nights: settings.windows.length > 0,
      on_call: ON_CALL_HOURS,
      advised: false,
    });
  }

  function settings(state) {
    var asked = {};
    for (var name in constants.defaults) { asked[name] = state[name]; }
    asked.arrival_hours = state.arrival === "deadline" ? 72 : 24;
    asked.windows = state.nights ? [{ start_hour: 19, end_hour: 6 }] : [];
    asked.outages = state.outage_hours > 0
      ? [{ after_hours: state.outage_begin, hours: state.outage_hours }] : [];
    return asked;
  }

  /* What is wrong with the state, in words; null where nothing is. */
  function wrong(state) {
    var bad = SLIDERS.concat(ASKED).filter(function (slider) {
      return /^outage|^on_call/.test(slider.name) &&
        !(state[slider.name] >= slider.low && state[slider.name] <= slider.high);
    })[0];
    if (bad) { return bad.label + " must be " + bad.low + " to " + bad.high; }
    return asking.wrong(settings(state));
  }

  // --- The address and the command -------------------------------------------------------------------

  function written(state) {
    var base = shown(constants.defaults), parts = [];
    Object.keys(base).forEach(function (name) {
      if (state.advised && (name === "rate" || name === "write_batch")) { return; }
      if (typeof base[name] !== "object" && state[name] !== base[name]) {
        parts.push(name + "=" + encodeURIComponent(state[name]));
      }
    });
    return parts.join("&");
  }

  /* Half an escape, as from an address that was cut off, stands for itself. */
  function decoded(text) {
    try { return decodeURIComponent(text); } catch (error) { return text; }
  }

  /* The state that an address holds; null where it holds none, or nothing that can be read. */
  function read(hash) {
    var base = shown(constants.defaults), any = false;
    hash.replace(/^#/, "").split("&").forEach(function (part) {
      var at = part.indexOf("="), name = part.slice(0, at), text = decoded(part.slice(at + 1));
      if (at < 0 || !(name in base) || typeof base[name] === "object") { return; }
      var choice = CHOICES.filter(function (one) { return one.name === name; })[0];
      if (typeof base[name] === "number" && text !== "" && isFinite(Number(text))) { base[name] = Number(text); }
      else if (typeof base[name] === "boolean") { base[name] = text === "true"; }
      else if (choice && Object.keys(choice.of).indexOf(text) >= 0) { base[name] = text; }
      else { return; }
      any = true;
    });
    return any ? base : null;
  }

  function command(state) {
    var base = constants.defaults, asked = settings(state), parts = ["receipts-lab plan"];
    Object.keys(base).forEach(function (name) {
      if (typeof base[name] === "object" || asked[name] === base[name]) { return; }
      if (name === "yields") { parts.push(asked.yields ? "--yields" : "--keeps-on"); return; }
      if (name === "engine" || name === "architecture") { return; }
      parts.push("--" + name.replace(/_/g, "-") + " " + asked[name]);
    });
    asked.windows.forEach(function () { parts.push("--window 19:00-06:00"); });
    asked.outages.forEach(function (one) { parts.push("--outage " + one.after_hours + "+" + one.hours); });
    return parts.join(" ");
  }

  // --- The form ----------------------------------------------------------------------------------------

  /* A slider and its exact number in `parent`. Returns `show`. */
  function slide(parent, slider, id, changed) {
    var range = make("input", { type: "range", min: 0, max: STEPS, id: id + "-range" }, parent);
    range.setAttribute("aria-label", slider.label + ", slider");
    var exact = make("input", { type: "number", id: id, step: "any", min: slider.low, max: slider.high }, parent);
    if (slider.how) {
      make("small", { textContent: slider.how, id: id + "-how" }, parent);
      exact.setAttribute("aria-describedby", id + "-how");
    }
    range.addEventListener("input", function () { changed(slider.name, places(slider, range.value / STEPS)); });
    exact.addEventListener("change", function () {
      changed(slider.name, exact.value === "" ? NaN : Number(exact.value));
    });
    return function (state) {
      var value = state[slider.name];
      if (document.activeElement !== range) { range.value = Math.round(share(slider, value) * STEPS); }
      range.setAttribute("aria-valuetext", words.number(value));
      if (document.activeElement !== exact) { exact.value = value; }
    };
  }

  /* Builds the controls into `form`; `changed(name, value)` hears of every move. Returns `show`. */
  function build(form, changed) {
    var shows = [], parts = {};
    Object.keys(PARTS).forEach(function (part) {
      var set = make("fieldset", {}, form);
      make("legend", { textContent: PARTS[part] }, set);
      parts[part] = make("div", { className: "rs-part" }, set);
    });
    function row(label, id, part) {
      var made = make("div", { className: "rs-control" }, parts[part]);
      make("label", { textContent: label, htmlFor: id }, made);
      return made;
    }
    CHOICES.forEach(function (choice) {
      var id = "rs-" + choice.name, made = row(choice.label, id, choice.part);
      var select = make("select", { id: id }, made);
      Object.keys(choice.of).forEach(function (value) {
        make("option", { value: value, textContent: choice.of[value] }, select);
      });
      select.addEventListener("change", function () { changed(choice.name, select.value); });
      shows.push(function (state) { select.value = state[choice.name]; });
    });
    SLIDERS.forEach(function (slider) {
      shows.push(slide(row(slider.label, "rs-" + slider.name, slider.part), slider, "rs-" + slider.name, changed));
    });
    SWITCHES.forEach(function (one) {
      var id = "rs-" + one.name, made = make("div", { className: "rs-control rs-switch" }, parts[one.part]);
      var box = make("input", { type: "checkbox", id: id }, made);
      make("label", { textContent: one.label, htmlFor: id }, made);
      box.addEventListener("change", function () { changed(one.name, box.checked); });
      shows.push(function (state) { box.checked = state[one.name]; });
    });
    return function (state) { shows.forEach(function (show) { show(state); }); };
  }

  return { make: make, shown: shown, settings: settings, wrong: wrong, written: written, read: read,
    command: command, named: named, slide: slide, build: build };
})(RECEIPTS_CONSTANTS, Receipts.asking, Receipts.plan);
