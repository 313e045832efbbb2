/* A design over time, by the model: what it is like at each second of a story, for "One peak, two designs". */
Receipts.story = (function (constants, planner) {
  "use strict";

  var PARTS = 240, RATE_OVER_S = 6;

  /* Sums of a curve to the end of each step; counts of whole receipts stay whole. */
  function sums(rates, step) {
    var total = 0;
    return rates.map(function (rate) { total += rate * step; return Math.round(total); });
  }

  function curves(settings) {
    var answer = planner.plan(settings), series = answer.series;
    return { answer: answer, series: series, read: sums(series.read_rate, series.step),
      stored: sums(series.write_rate, series.step), tries: sums(series.refused, series.step),
      lost: sums(series.lost, 1) };
  }

  /* What a design is like at `seconds`: sums of what was over by then, and the step before. */
  function at(curve, seconds) {
    var series = curve.series, i = Math.min(series.lost.length, Math.floor(seconds / series.step + 1e-9)) - 1;
    var over = seconds > Math.max(curve.answer.read_done, curve.answer.completion) + 1;
    var knee = curve.answer.settings.knee;
    if (i < 0) {
      return { read: 0, stored: 0, lost: 0, waiting: 0, tries: 0, connections: 0, load: series.app_load[0] / knee,
        rates: { read_rate: 0, write_rate: 0, refused: 0 } };
    }
    // A rate is that of the last seconds, for a single transaction is none; the rest is the last second's.
    var from = Math.max(0, i - Math.max(1, Math.round(1 / series.step)) + 1), rates = {};
    var since = Math.max(0, i - Math.max(1, Math.round(RATE_OVER_S / series.step)) + 1);
    ["read_rate", "write_rate", "refused"].forEach(function (name) {
      var sum = 0;
      for (var k = since; k <= i; k++) { sum += series[name][k]; }
      rates[name] = over ? 0 : sum / (i - since + 1);
    });
    var connections = 0, rows = 0;
    for (var k = from; k <= i; k++) {
      connections = Math.max(connections, series.connections[k]);
      rows = Math.max(rows, series.row_rate[k]);
    }
    return { read: curve.read[i], stored: curve.stored[i], lost: curve.lost[i], tries: curve.tries[i],
      waiting: curve.read[i] - curve.stored[i] - curve.lost[i], connections: over ? 0 : connections,
      load: ((over ? 0 : rows) + series.app_load[i]) / knee, rates: rates };
  }

  /* A story: both designs' curves, and the clock's positions. One longer than its seconds is planned
     twice: finely with the outage ended early, which changes nothing before that end. */
  function Story(what) {
    var until = constants.inSecondsUntil, story = { what: what, end: 0 };
    ["naive", "buffered"].forEach(function (side) {
      var settings = Object.assign({}, constants.defaults, what[side]);
      var whole = curves(settings), fine = whole;
      if (what.cut_after !== null) {
        fine = curves(Object.assign({}, settings, { outages: [{ after_hours: what.cut_after / 3600,
          hours: until / 3600 }] }));
      }
      story[side] = { settings: settings, whole: whole, fine: fine, left: settings.max_connections - settings.app_connections };
      // The last step ends after what happened in it.
      story.end = Math.max(story.end, whole.series.lost.length * whole.series.step);
    });
    story.end = Math.ceil(story.end) + 4;
    story.long = story.end > 2 * until;
    story.positions = story.long ? until + PARTS : story.end;
    story.seconds = function (position) {
      return !story.long || position <= until ? position : until + (position - until) / PARTS * (story.end - until);
    };
    story.position = function (seconds) {
      return !story.long || seconds <= until ? seconds : until + (seconds - until) / (story.end - until) * PARTS;
    };
    story.at = function (side, seconds) {
      return at(seconds < until ? story[side].fine : story[side].whole, seconds);
    };
    return story;
  }

  function clock(seconds, startHour) {
    var total = Math.floor(startHour * 3600 + seconds), two = function (n) { return (n < 10 ? "0" : "") + n; };
    var day = Math.floor(total / 86400);
    return (day ? "next day " : "") + two(Math.floor(total / 3600) % 24) + ":" + two(Math.floor(total / 60) % 60) + ":" +
      two(total % 60);
  }

  return { Story: Story, clock: clock };
})(RECEIPTS_CONSTANTS, Receipts.plan);
