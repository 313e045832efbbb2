/* The recurrence over receipts; as `reading.py` of the Python model, term by term.
   Only + - × ÷ min and max: both sides are equal to the last bit, and shared vectors hold them. */
Receipts.stages = (function (constants, asking, queues) {
  "use strict";

  var DAY = asking.DAY, fact = asking.fact, Heap = queues.Heap;

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
        line.lose(start, waiting);
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

  return { read: read };
})(RECEIPTS_CONSTANTS, Receipts.asking, Receipts.queues);
