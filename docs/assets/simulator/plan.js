/* One answer, its bill, and its verdict in words; as `plan.py`, `cost.py`, `words.py` and
   `verdict.py` of the Python model. Money is in floating point here: a tolerance is stated. */
Receipts.plan = (function (constants, asking, queues, stages, writers) {
  "use strict";

  var HOUR = asking.HOUR, DAY = asking.DAY, fact = asking.fact;

  function plan(settings) {
    var line = queues.Timeline(settings.start_hour), writer = writers.Writing(settings, line);
    var reading = stages.read(settings, line, writer.put), writing = writer.counts;
    writer.finish();
    line.receipts.settle(line.last);
    line.results.settle(line.last);
    var series = seriesOf(settings, line), load = 0;
    series.app_load.forEach(function (app) { load = Math.max(load, app); });
    line.busiestSeconds.forEach(function (rows, hour) {
      if (rows) { load = Math.max(load, rows + asking.appLoad(settings, hour)); }
    });
    var wasRead = settings.receipts - reading.expired, taken = wasRead - writing.expired - writing.dead;
    var answer = {
      settings: settings,
      last_arrival: reading.lastArrival,
      read_done: reading.done,
      completion: writing.done,
      drain: Math.max(0, writing.done - reading.done),
      peak_receipt_depth: line.receipts.peak,
      peak_write_depth: line.results.peak,
      mean_read_wait: wasRead ? reading.waited / wasRead : 0,
      longest_read_wait: reading.longest,
      mean_write_wait: taken ? writing.waited / taken : 0,
      longest_write_wait: writing.longest,
      peak_concurrency: reading.peak,
      longest_invocation: reading.longestInvocation,
      peak_row_rate: Math.max.apply(null, line.busiestSeconds),
      peak_database_load: load / settings.knee,
      stored: writing.stored,
      refused: writing.refused,
      unreachable: writing.unreachable,
      expired_unread: reading.expired,
      expired_unwritten: writing.expired,
      first_expiry: writing.firstExpiry,
      dead_lettered: writing.dead,
      first_dead: writing.firstDead,
      most_receives: writing.mostReceives,
      tries_in_vain: writing.inVain,
      peak_connections: writing.peakConnections,
      series: series,
    };
    answer.billedSeconds = reading.billed;
    answer.usd = usdPerThousand(settings, reading, writing);
    answer.verdict = verdict(answer);
    return answer;
  }

  function seriesOf(settings, line) {
    var steps = line.steps(), step = line.step, wide = step >= 1 ? 1 : Math.round(1 / step);
    var hours = step > HOUR ? Math.floor(step / HOUR) + 1 : 1;
    var series = { step: step, receipt_depth: line.receipts.depths(steps),
      write_depth: line.results.depths(steps), receipt_age: line.receipts.ages(steps),
      write_age: line.results.ages(steps), read_rate: [], write_rate: [], row_rate: [], app_load: [],
      connections: line.connections.steps.slice(0, steps), refused: [], lost: line.lost.steps.slice(0, steps) };
    for (var i = 0; i < steps; i++) {
      series.read_rate.push(line.read.steps[i] / step);
      series.write_rate.push(line.written.steps[i] / step);
      series.refused.push(line.refused.steps[i] / step);
      series.row_rate.push(line.offered.steps[i - i % wide]);
      var first = Math.floor((settings.start_hour + i * step / HOUR) % 24), load = 0;
      for (var more = 0; more < hours; more++) {
        load = Math.max(load, asking.appLoad(settings, (first + more) % 24));
      }
      series.app_load.push(load);
    }
    return series;
  }

  // --- The bill ------------------------------------------------------------------------------------

  function usdPerThousand(settings, reading, writing) {
    var queued = !asking.unqueued(settings), receipts = settings.receipts;
    var tens = Math.ceil(receipts / fact("QUEUE_BATCH"));
    var chunks = Math.max(1, Math.ceil(constants.messageKb / fact("QUEUE_CHUNK")));
    var readCalls = tens + 2 * reading.invocations;
    var writeCalls = queued ? receipts + 2 * Math.max(writing.transactions, tens) : 0;
    var second = settings.memory_mb / 1024 *
      fact(settings.architecture === "x86_64" ? "GB_SECOND_X86" : "GB_SECOND_ARM");
    var requests = Math.ceil(receipts / settings.batch_receipts);
    var verified = reading.billed * second + reading.invocations * fact("INVOCATION") +
      readCalls * chunks * (fact("QUEUE_CALL") + fact("FAIR_QUEUE_CALL")) +
      writeCalls * chunks * fact("QUEUE_CALL") +
      requests * (1 + fact("STATUS_POLLS")) * fact("API_REQUEST");
    var unverified = receipts * (queued ? 2 : 1) * fact("OBJECT_PUT") +
      (settings.engine === "textract" ? receipts * fact("TEXTRACT_PAGE") : 0);
    return { verified: verified * 1000 / receipts, unverified: unverified * 1000 / receipts };
  }

  // --- Words ---------------------------------------------------------------------------------------

  function whole(value) { return Math.floor(value + 0.5); }

  function places(value) { return value >= 100 ? 0 : value >= 1 || value === 0 ? 1 : 2; }

  function roundedDown(value) {
    var tens = Math.pow(10, places(value));
    return Math.floor(value * tens + 1e-9) / tens;
  }

  function upTo(value) { return number(roundedDown(value)); }

  function number(value) {
    if (value >= 100) { return asking.grouped(whole(value)); }
    var after = places(value), tens = Math.pow(10, after);
    var text = (whole(value * tens) / tens).toFixed(after);
    return text.replace(/0$/, "").replace(/\.0$/, "").replace(/\.$/, "");
  }

  function duration(seconds) {
    if (seconds < 120) { return number(seconds) + " s"; }
    if (seconds < 2 * HOUR) { return number(seconds / 60) + " min"; }
    if (seconds < 2 * DAY) { return number(seconds / HOUR) + " h"; }
    return number(seconds / DAY) + " days";
  }

  function percent(share) {
    return (share < 0.1 ? number(share * 100) : asking.grouped(whole(share * 100))) + "%";
  }

  // --- The verdict ---------------------------------------------------------------------------------

  function verdict(answer) {
    var found = limits(answer), order = Object.keys(constants.messages);
    if (!Object.keys(found).length) { found = { everything: {} }; }
    return order.filter(function (limit) { return found[limit]; }).map(function (limit) {
      var message = constants.messages[limit];
      function filled(text) {
        return text.replace(/\{(\w+)\}/g, function (_, place) { return found[limit][place]; });
      }
      return { limit: limit, level: message.level, text: filled(message.text),
        change: filled(message.change) };
    });
  }

  function limits(answer) {
    var settings = answer.settings, found = {}, most = asking.ramp(settings);
    var hours = asking.openHours(settings), busiest = hours[hours.length - 1];
    var safe = asking.safeRate(settings, busiest);
    if (answer.longest_invocation > settings.read_timeout) {
      found.timeout = { slowest: duration(answer.longest_invocation),
        timeout: duration(settings.read_timeout) };
    }
    if (answer.expired_unread) {
      found["receipt retention"] = { retention: duration(settings.read_retention_days * DAY),
        count: number(answer.expired_unread) };
    }
    if (answer.longest_read_wait > Math.max(constants.shortWaitS, settings.read_seconds)) {
      var wait = duration(answer.longest_read_wait), ceiling = number(most.ceiling);
      if (answer.peak_concurrency >= most.ceiling) {
        found.concurrency = { wait: wait, ceiling: ceiling };
      } else {
        found["poller ramp"] = { wait: wait, start: number(most.start),
          more: number(most.perSecond * 60), peak: number(answer.peak_concurrency), ceiling: ceiling };
      }
    }
    if (asking.unqueued(settings)) { ofDirectWriting(answer, found); }
    else { ofTheWriteQueue(answer, found, safe); }
    if (answer.peak_database_load > 1) { ofTheLoad(answer, found, safe); }
    return found;
  }

  function byHeadroom(settings) { return settings.writer === "agent" && settings.yields; }

  /* Who overloads the database: the app alone, the rate, one large transaction, or no pace. */
  function ofTheLoad(answer, found, room) {
    var settings = answer.settings, share = percent(answer.peak_database_load), app = 0;
    answer.series.app_load.forEach(function (load) { app = Math.max(app, load); });
    if (app > settings.knee) {
      found["app load"] = { share: percent(app / settings.knee) };
    } else if (!asking.paced(settings)) {
      found["unpaced load"] = { share: share, safe: upTo(room) };
    } else if (settings.rate > room && !byHeadroom(settings)) {
      found["database load"] = { share: share, safe: upTo(room) };
    } else if (asking.rowsAtOnce(settings) === 1) {
      found["app load"] = { share: percent(app / settings.knee) };
    } else {
      var rows = asking.rowsAtOnce(settings), fewer = Math.max(1, Math.floor((settings.knee - app) / 2));
      found["database burst"] = { share: share, rows: number(rows),
        fewer: number(Math.min(fewer, Math.max(1, Math.floor(rows / 2)))) };
    }
  }

  function ofDirectWriting(answer, found) {
    var settings = answer.settings;
    if (answer.unreachable) { found["link down"] = { count: number(answer.unreachable) }; }
    if (answer.refused) {
      var left = number(settings.max_connections - settings.app_connections);
      if (settings.writer === "pooled") {
        found.pool = { count: number(answer.refused), wait: duration(fact("POOL_WAIT")),
          connections: number(asking.atOnce(settings)), left: left };
        return;
      }
      found.connections = { count: number(answer.refused), tries: number(answer.tries_in_vain),
        peak: number(answer.peak_connections), left: left };
    }
  }

  function ofTheWriteQueue(answer, found, safe) {
    var settings = answer.settings, hours = asking.openHours(settings), kept = settings.retention_days * DAY;
    var wait = answer.longest_write_wait, paced = asking.paced(settings), rows = asking.rowsAtOnce(settings);
    var took = (settings.round_trip_ms + rows * settings.row_ms) / 1000;
    function rateAt(ceiling) {
      return settings.write_batch / writers.secondsApart(settings, took, settings.write_batch / ceiling);
    }
    function under(hour) {
      return rateAt(settings.yields ? Math.min(settings.rate, asking.safeRate(settings, hour)) : settings.rate);
    }
    var agent = settings.writer === "agent";
    var made = agent ? rateAt(Infinity) : asking.atOnce(settings) * rows / took;
    var most = agent ? under(hours[0]) : paced ? Math.min(made, settings.rate) : made;
    var slowest = agent ? under(hours[hours.length - 1]) : most, fastest = most;
    if (answer.first_expiry !== null) {
      found["write retention"] = { retention: duration(kept),
        day: number(Math.floor(answer.first_expiry / DAY) + 1),
        count: number(answer.expired_unwritten) };
    } else if (wait > constants.nearRetentionShare * kept) {
      found["near retention"] = { wait: duration(wait), share: percent(wait / kept),
        retention: duration(kept) };
    }
    if (took > settings.visibility_seconds) {
      found.visibility = { rows: number(rows), took: duration(took),
        visibility: duration(settings.visibility_seconds) };
    }
    if (answer.first_dead !== null) {
      found["burnt receives"] = { count: number(answer.dead_lettered),
        receives: number(settings.max_receives), first: duration(answer.first_dead) };
    } else if (answer.most_receives > constants.nearRetentionShare * settings.max_receives) {
      found["near receives"] = { most: number(Math.floor(answer.most_receives)),
        receives: number(settings.max_receives) };
    }
    if (paced && !byHeadroom(settings) && settings.rate > safe) {
      found["unsafe rate"] = { safe: upTo(safe), part: percent(settings.safe_share),
        rate: number(settings.rate) };
    }
    var shut = settings.windows.length || settings.outages.length || settings.writer === "file";
    var quiet = asking.safeRate(settings, hours[0]);
    if (shut && wait > answer.peak_write_depth / slowest + HOUR) {
      found.hours = { wait: duration(wait) };
    } else if (Math.max(wait, answer.drain) > Math.max(constants.slowDrainS, 2 * settings.read_seconds)) {
      found[!paced ? "writer speed" : settings.rate < roundedDown(safe) ? "write rate"
        : settings.rate < roundedDown(quiet) ? "busy hours" : "database room"] = {
        wait: duration(wait), drain: duration(answer.drain), made: number(fastest), safe: upTo(safe),
        quiet: upTo(quiet), connections: number(asking.atOnce(settings)), rows: number(rows) };
    }
    if (agent && made < settings.rate) {
      found.transactions = { connections: number(settings.connections),
        rows: number(settings.write_batch), made: number(made), rate: number(settings.rate) };
    }
  }

  return { plan: plan, number: number, roundedDown: roundedDown, upTo: upTo, duration: duration, percent: percent };
})(RECEIPTS_CONSTANTS, Receipts.asking, Receipts.queues, Receipts.stages, Receipts.writers);
