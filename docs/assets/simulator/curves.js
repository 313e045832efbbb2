/* What an answer looks like over time: each chart's lines and limits, and which of them shows a finding. */
Receipts.curves = (function (planner, asking) {
  "use strict";

  var number = planner.number, duration = planner.duration;
  var SHOWN_BY = { connections: "connections", pool: "connections", "link down": "vain", "burnt receives": "vain",
    "near receives": "vain", "write retention": "age", "near retention": "age", "receipt retention": "age",
    hours: "waiting", "write rate": "rate", "busy hours": "rate", "database room": "rate", "writer speed": "rate",
    transactions: "rate", "poller ramp": "waiting", concurrency: "waiting" };

  /* A rate is a mean over a second at least, and over a part of the chart: a single receipt is none. */
  function perSecond(rates, step) {
    var half = Math.ceil(Math.max(1 / step, rates.length / 60) / 2);
    return rates.map(function (_, i) {
      var part = rates.slice(Math.max(0, i - half), i + half + 1);
      return part.reduce(function (a, b) { return a + b; }) / part.length;
    });
  }

  /* What is held in the two seconds before each step's end: a step without an event holds what was held. */
  function held(most, step) {
    var wide = step >= 1 ? 1 : Math.round(2 / step);
    return most.map(function (_, i) { return Math.max.apply(null, most.slice(Math.max(0, i - wide + 1), i + 1)); });
  }

  function sums(values, each) {
    var total = 0;
    return values.map(function (value) { total += value * each; return total; });
  }

  function load(series) { return series.row_rate.map(function (rows, i) { return rows + series.app_load[i]; }); }

  function usd(answer) {
    return sums(answer.series.read_rate, answer.series.step * (answer.usd.verified + answer.usd.unverified) / 1000);
  }

  /* All charts of `answer` by name; a chart without anything to show is left out. */
  function all(answer) {
    var series = answer.series, settings = answer.settings, kept = settings.retention_days * 86400;
    var busiest = asking.openHours(settings).pop();
    var safe = asking.safeRate(settings, busiest) + asking.appLoad(settings, busiest);
    var oldest = Math.max.apply(null, series.write_age.concat(series.receipt_age));
    var unit = oldest >= 7200 ? ["h", 3600] : oldest >= 120 ? ["min", 60] : ["s", 1];
    function aged(ages) { return ages.map(function (age) { return age / unit[1]; }); }
    var left = settings.max_connections - settings.app_connections;
    var gone = sums(series.lost, 1), lost = gone[gone.length - 1];
    var charts = {
      load: { title: "The client's database: load against its limit, rows/s",
        said: "At most " + planner.percent(answer.peak_database_load) + " of the limit.",
        lines: [{ name: "rows and app", values: load(series), look: "rs-b" },
          { name: "expenses app", values: series.app_load, look: "rs-app", fill: true }],
        limits: [{ name: "here it begins to slow", value: settings.knee, always: true },
          { name: "safe in the busiest hour", value: safe }] },
      room: { title: "Rows a second, and the room that the app leaves",
        said: number(safe - asking.appLoad(settings, busiest)) + " are safe in the busiest hour.",
        lines: [{ name: "rows written", values: perSecond(series.write_rate, series.step), look: "rs-b" },
          { name: "room that the app leaves", look: "rs-app", fill: true,
            values: series.app_load.map(function (app) { return Math.max(0, settings.knee - app); }) }],
        limits: [{ name: "safe in the busiest hour", value: safe - asking.appLoad(settings, busiest) }] },
      connections: { title: "Connections that the writers hold or want",
        said: "At most " + number(answer.peak_connections) + "; the app leaves " + number(left) + ".",
        lines: [{ name: "held or wanted", values: held(series.connections, series.step), look: "rs-b" }],
        limits: [{ name: "left by the app", value: left }] },
      vain: { title: "Lost, receipts so far, and tries in vain a second",
        said: number(lost) + " lost, " + number(answer.tries_in_vain) + " tries in vain.",
        lines: [{ name: "lost", values: gone, look: "rs-a" },
          { name: "tries in vain a second", values: perSecond(series.refused, series.step), look: "rs-b" }] },
      waiting: { title: "Waiting, receipts", said: "To read at most " + number(answer.peak_receipt_depth) +
          ", to write at most " + number(answer.peak_write_depth) + ".",
        lines: [{ name: "receipt queue", values: series.receipt_depth, look: "rs-a" },
          { name: "write queue", values: series.write_depth, look: "rs-b" }] },
      age: { title: "Age of the oldest that waits, " + unit[0], said: "On the write queue at most " +
          duration(answer.longest_write_wait) + ".",
        lines: [{ name: "receipt queue", values: aged(series.receipt_age), look: "rs-a" },
          { name: "write queue", values: aged(series.write_age), look: "rs-b" }],
        limits: [{ name: "deleted: retention", value: kept / unit[1] }] },
      rate: { title: "Receipts read and rows written, a second", said: "In its busiest second the writer offers " +
          number(answer.peak_row_rate) + " rows.",
        lines: [{ name: "receipts read", values: perSecond(series.read_rate, series.step), look: "rs-a" },
          { name: "rows written", values: perSecond(series.write_rate, series.step), look: "rs-b" }] },
      cost: { title: "Cost so far, USD", said: usd(answer).pop().toFixed(2) + " in all.",
        lines: [{ name: "at dated and unverified prices", values: usd(answer), look: "rs-a" }] },
    };
    if (!answer.tries_in_vain && !lost) { delete charts.vain; }
    Object.keys(charts).forEach(function (name) { charts[name].name = name; charts[name].step = series.step; });
    return charts;
  }

  /* The name of the chart that shows the gravest finding. */
  function first(answer) {
    var name = SHOWN_BY[answer.verdict[0].limit] || "load";
    return name in all(answer) ? name : "load";
  }

  return { all: all, first: first, sums: sums, load: load, usd: usd };
})(Receipts.plan, Receipts.asking);
