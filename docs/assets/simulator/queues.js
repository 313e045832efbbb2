/* What lies where: the timeline, the write queue's backlog, a heap; as `timeline.py`, `backlog.py`
   of the Python model. Classic scripts without dependencies, so that they work from a file. */
var Receipts = {};
Receipts.queues = (function (constants) {
  "use strict";

  var NONE = -1;

  function greater(first, second) { return Math.max(first, second); }
  function added(first, second) { return first + second; }
  function earlier(first, second) { return first !== NONE ? first : second; }
  function later(first, second) { return second !== NONE ? second : first; }

  function Timeline(startHour) {
    var most = constants.timeline.maxSteps, tracks = [];
    var line = { step: constants.timeline.finestStepS, last: 0, busiestSeconds: [] };
    for (var hour = 0; hour < 24; hour++) { line.busiestSeconds.push(0); }
    var second = 0, rows = 0;
    line.track = function (join, empty) {
      var track = { steps: new Array(most).fill(empty), join: join, empty: empty };
      tracks.push(track);
      return track;
    };
    line.index = function (seconds) {
      if (seconds > line.last) {
        line.last = seconds;
        while (seconds >= line.step * most) {
          line.step *= 2;
          tracks.forEach(function (track) {
            var steps = track.steps;
            for (var i = 0; i < most / 2; i++) { steps[i] = track.join(steps[2 * i], steps[2 * i + 1]); }
            steps.fill(track.empty, most / 2);
          });
        }
      }
      return Math.floor(seconds / line.step);
    };
    line.steps = function () { return Math.floor(line.last / line.step) + 1; };
    line.receipts = Queue(line);
    line.results = Queue(line);
    line.read = line.track(added, 0);
    line.written = line.track(added, 0);
    line.offered = line.track(greater, 0);
    line.connections = line.track(greater, 0);
    line.refused = line.track(added, 0);
    line.lost = line.track(added, 0);
    line.lose = function (seconds, receipts) { line.lost.steps[line.index(seconds)] += receipts; };
    line.want = function (seconds, connections) {
      var index = line.index(seconds);
      line.connections.steps[index] = Math.max(line.connections.steps[index], connections);
    };
    line.refuse = function (begin, end, tries) {
      var last = line.index(end), first = Math.floor(begin / line.step);
      if (first === last) { line.refused.steps[last] += tries; return; }
      var rate = tries / (end - begin);
      for (var i = first; i <= last; i++) {
        var within = Math.min(end, (i + 1) * line.step) - Math.max(begin, i * line.step);
        line.refused.steps[i] += within * rate;
      }
    };
    line.offer = function (seconds, count) {
      line.written.steps[line.index(seconds)] += count;
      var now = Math.floor(seconds);
      if (now !== second) { second = now; rows = 0; }
      rows += count;
      var hour = Math.floor((startHour + second / 3600) % 24);
      line.busiestSeconds[hour] = Math.max(line.busiestSeconds[hour], rows);
      var index = line.index(now);
      line.offered.steps[index] = Math.max(line.offered.steps[index], rows);
    };
    return line;
  }

  function Queue(line) {
    var now = 0, queue = { depth: 0, peak: 0 };
    var highest = line.track(greater, NONE), last = line.track(later, NONE);
    var head = line.track(earlier, NONE);
    queue.settle = function (seconds) {
      var index = line.index(now);
      last.steps[index] = queue.depth;
      if (queue.depth > highest.steps[index]) {
        highest.steps[index] = queue.depth;
        queue.peak = Math.max(queue.peak, queue.depth);
      }
      now = seconds;
    };
    queue.put = function (seconds, receipts) {
      if (seconds > now) { queue.settle(seconds); }
      queue.depth += receipts;
    };
    queue.take = function (seconds, receipts, putAt) {
      if (seconds > now) { queue.settle(seconds); }
      queue.depth -= receipts;
      var index = line.index(seconds);
      if (head.steps[index] === NONE) { head.steps[index] = putAt; }
    };
    queue.depths = function (steps) {
      var depths = [], before = 0;
      for (var i = 0; i < steps; i++) {
        depths.push(Math.max(before, highest.steps[i]));
        before = last.steps[i] !== NONE ? last.steps[i] : before;
      }
      return depths;
    };
    queue.ages = function (steps) {
      var ages = new Array(steps).fill(0), oldest = NONE;
      for (var i = steps - 1; i >= 0; i--) {
        if (oldest !== NONE) { ages[i] = Math.max(0, (i + 1) * line.step - oldest); }
        oldest = earlier(head.steps[i], oldest);
      }
      return ages;
    };
    return queue;
  }

  /* A heap of [end, receipts, running], the earliest first, ties as Python's tuples. */
  function Heap() {
    var all = [];
    function before(a, b) {
      return a[0] !== b[0] ? a[0] < b[0] : a[1] !== b[1] ? a[1] < b[1] : a[2] < b[2];
    }
    return {
      all: all,
      push: function (one) {
        var i = all.push(one) - 1;
        while (i > 0) {
          var up = (i - 1) >> 1;
          if (!before(one, all[up])) { break; }
          all[i] = all[up];
          i = up;
        }
        all[i] = one;
      },
      pop: function () {
        var first = all[0], one = all.pop(), size = all.length, i = 0;
        if (!size) { return first; }
        for (;;) {
          var down = 2 * i + 1;
          if (down >= size) { break; }
          if (down + 1 < size && before(all[down + 1], all[down])) { down += 1; }
          if (!before(all[down], one)) { break; }
          all[i] = all[down];
          i = down;
        }
        all[i] = one;
        return first;
      },
    };
  }

  function Backlog() {
    var groups = [], first = 0, grain = 0, most = constants.timeline.maxGroups;
    var backlog = { count: 0 };
    function joinLast() {
      if (groups.length - first < 2) { return; }
      var last = groups[groups.length - 1], before = groups[groups.length - 2];
      if (last[0] - before[0] < grain) {
        groups.pop();
        var together = before[2] + last[2];
        groups[groups.length - 1] =
          [before[0], (before[1] * before[2] + last[1] * last[2]) / together, together, before[3]];
      }
    }
    function shift() {
      first += 1;
      if (first > most) { groups = groups.slice(first); first = 0; }
    }
    backlog.oldest = function () { return groups[first][0]; };
    backlog.due = function () { return groups[first][3]; };
    backlog.put = function (seconds, receipts, due) {
      backlog.count += receipts;
      groups.push([seconds, seconds, receipts, due]);
      if (grain) { joinLast(); }
      if (groups.length - first > most) {
        grain = Math.max(2 * grain, (groups[groups.length - 1][0] - groups[first][0]) / (most / 2));
        var all = groups.slice(first);
        groups = [];
        first = 0;
        all.forEach(function (group) { groups.push(group); joinLast(); });
      }
    };
    backlog.take = function (limit) {
      var taken = 0, putSum = 0;
      while (taken < limit && backlog.count) {
        var group = groups[first], part = Math.min(group[2], limit - taken);
        taken += part;
        putSum += part * group[1];
        backlog.count -= part;
        if (part === group[2]) { shift(); } else { groups[first] = [group[0], group[1], group[2] - part, group[3]]; }
      }
      return [taken, putSum];
    };
    backlog.drop = function () {
      var receipts = groups[first][2];
      shift();
      backlog.count -= receipts;
      return receipts;
    };
    return backlog;
  }

  return { Timeline: Timeline, Heap: Heap, Backlog: Backlog };
})(RECEIPTS_CONSTANTS);
