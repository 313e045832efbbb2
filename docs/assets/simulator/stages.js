/* The recurrence over receipts; as `reading.py` and `writing.py` of the Python model, term by term.
   Only + - × ÷ min and max: both sides are equal to the last bit, and shared vectors hold them. */
Receipts.stages = (function (constants, asking, queues) {
  "use strict";

  var agent = constants.agent, DAY = asking.DAY, fact = asking.fact, Heap = queues.Heap, Backlog = queues.Backlog;

  function Slots(limits, warm) {
    var open = limits.start, opened = 0, backlogSince = 0, lastStart = -1, lastEnd = 0;
    var environments = warm, ends = Heap(), slots = { ended: [], peak: 0 };
    function end(seconds) {
      while (ends.all.length && ends.all[0][0] <= seconds) {
        var one = ends.pop();
        lastEnd = one[0];
        slots.ended.push(one);
      }
    }
    slots.start = function (arrival) {
      if (arrival > lastStart) {
        backlogSince = arrival;
        end(arrival);
        if (!ends.all.length) {
          open = limits.start;
          if (arrival - lastEnd > fact("KEEP_WARM") && slots.peak) { environments = 0; }
        }
      }
      if (ends.all.length < open) {
        lastStart = Math.max(arrival, lastStart);
        return lastStart;
      }
      var firstEnd = ends.all[0][0], opening = Infinity;
      if (open < limits.ceiling) {
        opening = Math.max(opened, backlogSince) + 1 / limits.perSecond;
      }
      if (opening < firstEnd) {
        open += 1;
        opened = opening;
        lastStart = opening;
      } else {
        lastStart = firstEnd;
        end(firstEnd);
      }
      return lastStart;
    };
    slots.begin = function (seconds, receipts, init) {
      var running = ends.all.length + 1, cold = running > environments;
      if (cold) { environments = running; seconds += init; }
      slots.peak = Math.max(slots.peak, running);
      ends.push([seconds, receipts, running]);
      return cold;
    };
    slots.endAll = function () { end(Infinity); return slots.ended; };
    return slots;
  }

  /* Reads everything; `put` is called with each result [seconds, receipts, running] in order. */
  function read(settings, line, put) {
    var counts = { waited: 0, longest: 0, longestInvocation: 0, billed: 0, invocations: 0, cold: 0,
      expired: 0, lastArrival: 0, done: 0, peak: 0 };
    var slots = Slots(asking.ramp(settings), settings.warm), next = asking.draws(settings);
    var coming = asking.requests(settings), toCome = asking.requests(settings), onQueue = toCome();
    var retention = settings.read_retention_days * DAY, arrival = 0, waiting = 0;
    function advance() {
      var request = coming();
      if (request) { arrival = request[0]; waiting = request[1]; counts.lastArrival = arrival; }
      else { waiting = 0; }
    }
    function hand(ended) {
      for (var i = 0; i < ended.length; i++) {
        var one = ended[i];
        counts.done = one[0];
        line.read.steps[line.index(one[0])] += one[1];
        put(one);
      }
      ended.length = 0;
    }
    advance();
    while (waiting) {
      var start = slots.start(arrival);
      if (slots.ended.length) { hand(slots.ended); }
      while (onQueue && onQueue[0] <= start) {
        line.receipts.put(onQueue[0], onQueue[1]);
        onQueue = toCome();
      }
      if (start - arrival > retention) {
        counts.longest = retention;
        counts.expired += waiting;
        line.receipts.take(start, waiting, arrival);
        advance();
        continue;
      }
      var oldest = arrival, receipts = 0, seconds = 0;
      counts.longest = Math.max(counts.longest, start - oldest);
      while (waiting && arrival <= start && receipts < settings.read_batch) {
        counts.waited += start - arrival;
        seconds += next();
        receipts += 1;
        waiting -= 1;
        if (!waiting) { advance(); }
      }
      line.receipts.take(start, receipts, oldest);
      counts.invocations += 1;
      counts.billed += seconds;
      counts.longestInvocation = Math.max(counts.longestInvocation, seconds);
      if (slots.begin(start + seconds, receipts, settings.init_seconds)) {
        counts.cold += 1;
        counts.billed += settings.init_seconds;
      }
    }
    counts.peak = slots.peak;
    hand(slots.endAll());
    return counts;
  }

  /* From the begin of a transaction to that of the next: it took so long, and its rows are paid for. */
  function secondsApart(settings, took, paid) {
    if (settings.writer !== "agent") { return paid; }
    var far = settings.aws_round_trip_ms / 1000;
    return Math.max(took + Math.max(paid, far / agent.maxAhead), 2 * far / agent.maxUnmarked);
  }

  function Writing(settings, line) {
    var opens = asking.writeWindows(settings), backlog = Backlog(), connections = Heap(), openAt = 0, next = null;
    var retention = settings.retention_days * DAY;
    var counts = { waited: 0, longest: 0, transactions: 0, stored: 0, refused: 0, unreachable: 0,
      expired: 0, firstExpiry: null, done: 0 };
    for (var i = 0; i < settings.connections; i++) { connections.push([0, 0, 0]); }

    function store(start, commit, rows) {
      line.offer(start, rows);
      counts.transactions += 1;
      counts.stored += rows;
      counts.done = Math.max(counts.done, commit);
    }

    function transaction(start, rate) {
      var oldest = backlog.oldest(), taken = backlog.take(settings.write_batch), rows = taken[0];
      line.results.take(start, rows, oldest);
      counts.waited += rows * start - taken[1];
      counts.longest = Math.max(counts.longest, start - oldest);
      var took = (settings.round_trip_ms + rows * settings.row_ms) / 1000, commit = start + took;
      openAt = start + secondsApart(settings, took, rows / rate);
      connections.pop();
      connections.push([commit, 0, 0]);
      store(start, commit, rows);
    }

    function expire() {
      counts.longest = retention;
      var gone = backlog.oldest() + retention;
      if (counts.firstExpiry === null) { counts.firstExpiry = gone; }
      var receipts = backlog.drop();
      counts.expired += receipts;
      line.results.take(gone, receipts, gone - retention);
    }

    function writeUntil(seconds) {
      while (backlog.count) {
        if (!next) { next = opens(Math.max(backlog.oldest(), openAt, connections.all[0][0])); }
        var start = next[0], rate = next[1];
        if (start >= seconds) { return; }
        next = null;
        if (start - backlog.oldest() > retention) { expire(); } else { transaction(start, rate); }
      }
    }

    function putQueued(result) {
      writeUntil(result[0]);
      backlog.put(result[0], result[1]);
      line.results.put(result[0], result[1]);
    }

    function putDirect(result) {
      var seconds = result[0], receipts = result[1];
      if (opens(seconds)[0] > seconds) { counts.unreachable += receipts; }
      else if (result[2] > settings.max_connections - settings.app_connections) {
        counts.refused += receipts;
      } else {
        var took = (settings.round_trip_ms + receipts * settings.row_ms) / 1000;
        store(seconds, seconds + took, receipts);
      }
    }

    return {
      counts: counts,
      put: settings.writer === "direct" ? putDirect : putQueued,
      finish: function () { writeUntil(Infinity); },
    };
  }

  return { read: read, Writing: Writing, secondsApart: secondsApart };
})(RECEIPTS_CONSTANTS, Receipts.asking, Receipts.queues);
