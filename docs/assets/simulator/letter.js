/* What the model says, in sentences for a mail to the client. **Bold** words are what it decides. */
Receipts.letter = (function (constants, planner, asking, writers, curves) {
  "use strict";

  var number = planner.number, duration = planner.duration, WORST_HOUR = 9;

  function busiest(settings) { return asking.openHours(settings).pop(); }

  /* Rows a second that are safe in the busiest hour in which the writer may write. */
  function safe(settings) {
    return Math.max(constants.parameters.rate.low, planner.roundedDown(asking.safeRate(settings, busiest(settings))));
  }

  /* The rate to set, no higher than transactions can make it, and rows a transaction that fit into what it leaves. */
  function advice(settings) {
    var room = settings.knee - asking.appLoad(settings, busiest(settings));
    var rows = Math.max(1, Math.min(constants.defaults.write_batch, Math.floor(room * Math.min(0.5, 1 - settings.safe_share))));
    var took = (settings.round_trip_ms + rows * settings.row_ms) / 1000;
    var made = planner.roundedDown(rows / writers.secondsApart(Object.assign({}, settings, { writer: "agent" }), took, 0));
    return { rate: Math.min(safe(settings), made), write_batch: rows };
  }

  /* Settings of one request alone, and of a line that is down for `hours` from the worst moment on. */
  function alone(settings) {
    return Object.assign({}, settings, { receipts: settings.batch_receipts, arrival: "burst", windows: [], outages: [] });
  }

  function cut(settings, hours) {
    var outage = { after_hours: settings.arrival === "burst" ? 0 : WORST_HOUR, hours: hours };
    return Object.assign({}, settings, { outages: [outage] });
  }

  function lost(answer) {
    return answer.refused + answer.unreachable + answer.expired_unread + answer.expired_unwritten + answer.dead_lettered;
  }

  function clock(seconds, startHour) {
    var total = Math.round(seconds) + startHour * 3600, day = Math.floor(total / 86400);
    function two(n) { return (n < 10 ? "0" : "") + n; }
    return two(Math.floor(total / 3600) % 24) + ":" + two(Math.floor(total / 60) % 60) +
      (day === 0 ? "" : day === 1 ? " the next day" : " on day " + number(day + 1));
  }

  /* When the gravest finding first comes true, in seconds; null where it has no moment. */
  function begins(answer) {
    var limit = answer.verdict[0].limit, series = answer.series, step = -1;
    if (limit === "write retention") { return answer.first_expiry; }
    if (limit === "burnt receives") { return answer.first_dead; }
    if (/load$|burst$/.test(limit)) {
      step = curves.load(series).findIndex(function (rows) { return rows > answer.settings.knee; });
    } else if (lost(answer)) {
      step = series.lost.findIndex(function (receipts) { return receipts > 0; });
    }
    return step < 0 ? null : step * series.step;
  }

  var COME = { burst: "all at once", even: "evenly over a day", office: "over one office day",
    deadline: "over three days, each with twice as many as the day before" };

  function hoursWithoutRoom(settings) {
    return constants.officeDay.filter(function (_, hour) { return asking.safeRate(settings, hour) <= 0; }).length;
  }

  function aboutTheRate(settings) {
    var most = safe(settings), hour = busiest(settings), knee = number(settings.knee), advised = advice(settings);
    var full = hoursWithoutRoom(settings);
    var because = " Your database begins to slow at " + knee + " rows a second. In the busiest hour in which the agent may write, " +
      "your app takes " + number(asking.appLoad(settings, hour)) + " of them, and " + planner.percent(settings.safe_share) +
      " of the rest is safe.";
    if (advised.rate < most) {
      because += " That would be " + number(most) + "; in transactions of " + number(advised.write_batch) +
        " rows the agent makes no more than " + number(advised.rate) + ".";
    }
    if (full) { because += " In " + full + " hours of the day there is no room at all: there the agent waits."; }
    if (settings.writer !== "agent") {
      return "**" + number(most) + " rows a second are safe**, and only a writer with a ceiling keeps to that." + because;
    }
    var rows = "in transactions of at most " + number(settings.write_batch) + (settings.write_batch > 1 ? " rows." : " row.");
    if (settings.rate > most) {
      return "**You allow " + number(settings.rate) + " rows a second; let the agent write at most " + number(most) + ".**" + because;
    }
    return "**Let the agent write at most " + number(settings.rate) + " rows a second**, " + rows + because;
  }

  function drained(answer) {
    return answer.drain < 1 ? "**The queue is empty as soon as all is read.** "
      : "**The queue is empty " + duration(answer.drain) + " after the last photo is read.** ";
  }

  function aboutTheQueue(answer) {
    var settings = answer.settings, customers = Math.ceil(settings.receipts / settings.batch_receipts);
    var says = number(customers) + (customers > 1 ? " customers send " : " customer sends ") + number(settings.batch_receipts) + " photos each, " +
      COME[settings.arrival] + ". The last photo is read at " + clock(answer.read_done, settings.start_hour);
    if (asking.unqueued(settings)) {
      return "**" + number(answer.stored) + " of " + number(settings.receipts) + " receipts are stored.** There is no queue: " +
        "what can't be stored at once has nowhere to wait. " + says + ".";
    }
    if (!answer.stored) { return "**Nothing is stored.** " + says + "."; }
    return drained(answer) + says + ", the last row is stored at " + clock(answer.completion, settings.start_hour) +
      ". At most " + number(answer.peak_write_depth) + " results wait, none longer than " + duration(answer.longest_write_wait) + ".";
  }

  function aboutTheFirst(answer) {
    var first = answer.verdict[0], when = begins(answer);
    if (first.level === "fits") { return "**Nothing breaks, and nothing has to wait.**"; }
    if (/^(write rate|busy hours|database room)$/.test(first.limit)) {
      return "**Nothing breaks. What makes results wait is " +
        (hoursWithoutRoom(answer.settings) ? "your app's busy hours" : "the rate") + ".** " + first.change;
    }
    if (first.level === "binds") { return "**Nothing breaks. What limits first:** " + first.text + " " + first.change; }
    return "**This breaks first" + (when === null ? "" : ", at " + clock(when, answer.settings.start_hour)) + ":** " +
      first.text + " " + first.change;
  }

  function aboutTheCustomers(answer, single) {
    var gone = lost(answer), of = number(answer.settings.receipts);
    var says = "One request alone is read after " + duration(single.read_done) + ". In the peak a photo waits up to " +
      duration(answer.longest_read_wait) + " for a reader" + (asking.unqueued(answer.settings) ? "."
      : ", and what was read up to " + duration(answer.longest_write_wait) + " to be stored.");
    return (gone ? "**Your customers lose " + number(gone) + " of " + of + " receipts.** "
      : "**Your customers lose nothing.** ") + says;
  }

  function aboutTheLine(answer, hours) {
    var gone = lost(answer), settings = answer.settings, up = settings.outages[0].after_hours + hours;
    var depth = number(answer.peak_write_depth), kept = number(settings.retention_days) + " days";
    var says = "**If the line to you fails at the worst moment and is mended after " + duration(hours * 3600) + "**, ";
    if (gone) { return says + number(gone) + " of " + number(settings.receipts) + " receipts are lost. " + answer.verdict[0].change; }
    return says + depth + " results wait in the queue. None is lost; the last is stored " +
      duration(Math.max(0, answer.completion - up * 3600)) + " after the line is back. The queue keeps them for " + kept +
      (answer.settings.writer === "agent" ? ": a line that is down for longer loses the oldest." : ".");
  }

  /* The letter's paragraphs. `hours` is how long a line stays down until whoever is on call has mended it. */
  function paragraphs(answer, single, outage, hours) {
    return [aboutTheRate(answer.settings), aboutTheQueue(answer), aboutTheFirst(answer), aboutTheCustomers(answer, single),
      aboutTheLine(outage, hours)];
  }

  return { safe: safe, advice: advice, alone: alone, cut: cut, drained: drained, lost: lost, clock: clock, paragraphs: paragraphs };
})(RECEIPTS_CONSTANTS, Receipts.plan, Receipts.asking, Receipts.writers, Receipts.curves);
