/* What can be asked, what arrives, and when the writer may write; as `parameters.py`, `arrivals.py`,
   `durations.py` and `write_windows.py` of the Python model, term by term. */
Receipts.asking = (function (constants) {
  "use strict";

  var HOUR = 3600, DAY = 86400;

  function fact(name) { return constants.facts[name]; }

  function grouped(number) {
    var exact = number === Math.floor(number) && Math.abs(number) < 1e15;
    var parts = String(exact ? number : Number(number.toPrecision(10))).split(".");
    parts[0] = parts[0].replace(/\B(?=(\d{3})+(?!\d))/g, ",");
    return parts.join(".");
  }

  function allowed(parameter) {
    return (grouped(parameter.low) + " to " + grouped(parameter.high) + " " + parameter.unit).trim();
  }

  /* The first thing that is wrong with `settings`, in words; null where nothing is. */
  function wrong(settings) {
    for (var name in constants.parameters) {
      var parameter = constants.parameters[name], value = settings[name];
      if (typeof value !== "number" || !isFinite(value) ||
          value < parameter.low || value > parameter.high) {
        return name + " must be " + allowed(parameter) + "; got " + grouped(Number(value));
      }
      if (constants.whole.indexOf(name) >= 0 && value !== Math.floor(value)) {
        return name + " must be a whole number; got " + value;
      }
    }
    var left = settings.max_connections - settings.app_connections;
    if (left <= 0) {
      return "app_connections must be less than max_connections (" + settings.max_connections +
        "), so that some are left for the writer; got " + settings.app_connections;
    }
    if (settings.connections > left) {
      return "connections must be 1 to " + left + ", what the expenses app leaves of " +
        "max_connections; got " + settings.connections;
    }
    if (Math.max.apply(null, day(settings).map(function (piece) { return piece[1]; })) <= 0) {
      return "windows and app_load leave no hour of the day to write in: app_load must be under " +
        "the knee (" + settings.knee + " rows/s) in some open hour";
    }
    return null;
  }

  function ramp(settings) {
    var account = settings.account_concurrency, start;
    if (settings.poller_mode === "standard") {
      var ceiling = Math.min(fact("POLLER_CEILING"), settings.maximum_concurrency, account);
      start = Math.min(fact("POLLER_START"), ceiling);
      return { start: start, perSecond: fact("POLLER_RAMP") / 60, ceiling: ceiling };
    }
    if (settings.poller_mode === "provisioned") {
      start = Math.min(settings.pollers * fact("POLLER_INVOCATIONS"), account);
      return { start: start, perSecond: fact("PROVISIONED_RAMP") / 60, ceiling: account };
    }
    start = Math.min(fact("ENVIRONMENTS_BURST"), account);
    return { start: start, perSecond: fact("ENVIRONMENTS_RAMP"), ceiling: account };
  }

  // --- What arrives --------------------------------------------------------------------------------

  function curve(settings) {
    if (settings.arrival === "burst") { return [[0, 1]]; }
    var span = settings.arrival_hours * HOUR;
    if (settings.arrival === "even") { return [[span, 1]]; }
    var pieces = [], at = 0, hour = Math.floor(settings.start_hour);
    var length = Math.min(span, (hour + 1 - settings.start_hour) * HOUR);
    while (at < span) {
      var growth = settings.arrival === "deadline" ? Math.pow(2, Math.floor(at / DAY)) : 1;
      pieces.push([length, growth * constants.officeDay[hour % 24]]);
      at += length;
      hour += 1;
      length = Math.min(HOUR, span - at);
    }
    return pieces;
  }

  /* A function that answers the next request, [seconds, receipts], or null after the last. */
  function requests(settings) {
    var pieces = curve(settings), area = 0;
    pieces.forEach(function (piece) { area += piece[0] * piece[1]; });
    var count = Math.ceil(settings.receipts / settings.batch_receipts);
    var left = settings.receipts, begin = 0, before = 0, index = 0, number = 0;
    return function () {
      if (number >= count) { return null; }
      var mark = area * (number + 0.5) / count, piece = pieces[index];
      while (mark > before + piece[0] * piece[1] && index + 1 < pieces.length) {
        begin += piece[0];
        before += piece[0] * piece[1];
        index += 1;
        piece = pieces[index];
      }
      var size = Math.min(settings.batch_receipts, left);
      left -= size;
      number += 1;
      return [begin + (mark - before) / piece[1], size];
    };
  }

  function draws(settings) {
    var draw = constants.draw, state = draw.seed;
    var times = constants.shapes[settings.read_shape].map(function (time) {
      return settings.read_seconds * time;
    });
    return function () {
      state = state * draw.multiplier % draw.modulus;
      return times[Math.floor(state / draw.width)];
    };
  }

  // --- When the writer may write -------------------------------------------------------------------

  function appLoad(settings, hour) { return settings.app_load * constants.officeDay[hour]; }

  function safeRate(settings, hour) {
    return settings.safe_share * Math.max(0, settings.knee - appLoad(settings, hour));
  }

  function holds(window, hour) {
    return window.start_hour < window.end_hour
      ? window.start_hour <= hour && hour < window.end_hour
      : hour >= window.start_hour || hour < window.end_hour;
  }

  function paced(settings) { return constants.paced.indexOf(settings.writer) >= 0; }

  function unqueued(settings) { return constants.unqueued.indexOf(settings.writer) >= 0; }

  /* Transactions that may be under way together. */
  function atOnce(settings) {
    if (settings.writer === "lambda") {
      return Math.max(fact("MAXIMUM_CONCURRENCY_LOW"), settings.connections);
    }
    if (settings.writer === "pipes") {
      var took = (settings.round_trip_ms + settings.row_ms) / 1000;
      return Math.min(settings.max_connections - settings.app_connections,
        Math.ceil(settings.rate * took) + 1);
    }
    return settings.writer === "poller" || settings.writer === "file" ? 1 : settings.connections;
  }

  function rowsAtOnce(settings) { return settings.writer === "pipes" ? 1 : settings.write_batch; }

  /* Writers of a mapping that go on trying while the link is down. */
  function trying(settings) { return Math.max(1, Math.floor(atOnce(settings) * settings.trying_share)); }

  function day(settings) {
    var edges = [], windows = settings.windows, from = fact("FILE_FROM");
    if (settings.writer === "file") {
      windows = [{ start_hour: from, end_hour: from + fact("FILE_HOURS") }];
    }
    for (var hour = 0; hour < 24; hour++) { edges.push(hour); }
    windows.forEach(function (window) {
      [window.start_hour % 24, window.end_hour % 24].forEach(function (edge) {
        if (edges.indexOf(edge) < 0) { edges.push(edge); }
      });
    });
    edges.sort(function (a, b) { return a - b; });
    return edges.map(function (edge) {
      var rate = paced(settings) ? settings.rate : constants.unpacedRowsPerS;
      if (settings.yields && settings.writer === "agent") {
        rate = Math.min(rate, safeRate(settings, Math.floor(edge)));
      }
      var shut = windows.length &&
        !windows.some(function (window) { return holds(window, edge); });
      return [edge * HOUR, shut ? 0 : rate];
    });
  }

  /* The hours in which the writer may write, by the load of the app, least first. */
  function openHours(settings) {
    var hours = [];
    day(settings).forEach(function (piece) {
      var hour = Math.floor(piece[0] / HOUR);
      if (piece[1] > 0 && hours.indexOf(hour) < 0) { hours.push(hour); }
    });
    return hours.sort(function (a, b) {
      return constants.officeDay[a] - constants.officeDay[b] || a - b;
    });
  }

  /* A function that answers when the writer may next begin, and at what rate. */
  function writeWindows(settings) {
    var pieces = day(settings), offset = settings.start_hour * HOUR;
    var outages = settings.outages.map(function (outage) {
      return [outage.after_hours * HOUR, (outage.after_hours + outage.hours) * HOUR];
    }).sort(function (a, b) { return a[0] - b[0] || a[1] - b[1]; });
    function linkUp(seconds) {
      outages.forEach(function (outage) {
        if (outage[0] <= seconds && seconds < outage[1]) { seconds = outage[1]; }
      });
      return seconds;
    }
    function opens(seconds) {
      for (;;) {
        seconds = linkUp(seconds);
        var clock = (seconds + offset) % DAY, index = pieces.length - 1;
        while (pieces[index][0] > clock) { index -= 1; }
        var rate = pieces[index][1], ahead = 0;
        if (rate > 0) { return [seconds, rate]; }
        while (rate <= 0) {
          index += 1;
          if (index === pieces.length) { index = 0; ahead = DAY; }
          rate = pieces[index][1];
        }
        var opening = seconds + (pieces[index][0] + ahead - clock);
        seconds = linkUp(opening);
        if (seconds === opening) { return [opening, rate]; }
      }
    }
    opens.outages = outages;
    return opens;
  }

  return {
    HOUR: HOUR, DAY: DAY, fact: fact, grouped: grouped, allowed: allowed, wrong: wrong, ramp: ramp,
    requests: requests, draws: draws, appLoad: appLoad, safeRate: safeRate, openHours: openHours,
    writeWindows: writeWindows, paced: paced, unqueued: unqueued, atOnce: atOnce, rowsAtOnce: rowsAtOnce,
    trying: trying,
  };
})(RECEIPTS_CONSTANTS);
