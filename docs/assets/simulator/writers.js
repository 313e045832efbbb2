/* The recurrence over transactions, and the receives in vain; as `writing.py` and `receives.py` of the
   Python model, term by term. */
Receipts.writers = (function (constants, asking, queues) {
  "use strict";

  var agent = constants.agent, fact = asking.fact, Heap = queues.Heap, DAY = asking.DAY;

  /* From the begin of a transaction to that of the next: it took so long, and its rows are paid for. */
  function secondsApart(settings, took, paid) {
    if (settings.writer !== "agent") { return paid; }
    var far = settings.aws_round_trip_ms / 1000;
    return Math.max(took + Math.max(paid, far / agent.maxAhead), 2 * far / agent.maxUnmarked);
  }

  /* The clock of rounds: a message is received once a round while nothing can be written. */
  function Receives(settings, line, backlog) {
    var always = settings.writer === "reserved", trying = asking.trying(settings);
    var aSecond = trying * settings.write_batch / settings.failing_try_seconds;
    var rounds = 0, roundEnds = 0, roundSeconds = settings.visibility_seconds, clock = 0, down = false;
    var receives = { most: 0, inVain: 0, dead: 0, firstDead: null };

    function round(waiting) {
      return always ? settings.visibility_seconds : Math.max(settings.visibility_seconds, waiting / aSecond);
    }

    function giveUp(now) {
      if (receives.firstDead === null) { receives.firstDead = now; }
      var putAt = backlog.oldest(), receipts = backlog.drop();
      receives.dead += receipts;
      line.results.take(now, receipts, putAt);
      line.lose(now, receipts);
    }

    function receive(now, until) {
      if (!backlog.count) { roundEnds = rounds; }
      while (now < until && backlog.count) {
        if (rounds >= roundEnds) {
          roundSeconds = round(backlog.count);
          roundEnds = rounds + 1;
        }
        var stop = Math.min(roundEnds, backlog.due());
        var at = now + Math.max(0, stop - rounds) * roundSeconds;
        if (at > until) {
          rounds += (until - now) / roundSeconds;
          at = until;
        } else {
          rounds = Math.max(rounds, stop);
        }
        var tries = (at - now) * backlog.count / roundSeconds;
        receives.inVain += tries;
        line.refuse(now, at, tries);
        line.want(at, trying);
        var used = settings.max_receives - (backlog.due() - rounds) + 1;
        receives.most = Math.max(receives.most, Math.min(used, settings.max_receives));
        now = at;
        if (backlog.due() <= rounds) { giveUp(now); }
      }
    }

    receives.due = function (receipts) {
      var firstTurn = 0;
      if (down) { firstTurn = 1 - settings.visibility_seconds / round(backlog.count + receipts); }
      return rounds + settings.max_receives + firstTurn;
    };
    receives.goOn = function (seconds, outages) {
      var spans = always ? [[0, seconds]] : outages;
      for (var i = 0; i < spans.length; i++) {
        var from = Math.max(spans[i][0], clock), to = Math.min(spans[i][1], seconds);
        if (from < to) {
          if (!down) { roundEnds = rounds; }
          receive(from, to);
        }
        down = (spans[i][0] <= seconds && seconds < spans[i][1]) || always;
        if (down) { break; }
      }
      clock = Math.max(clock, seconds);
    };
    return receives;
  }

  function Counts() {
    return { waited: 0, longest: 0, transactions: 0, stored: 0, refused: 0, unreachable: 0, expired: 0,
      firstExpiry: null, dead: 0, firstDead: null, mostReceives: 0, inVain: 0, peakConnections: 0, done: 0 };
  }

  /* What all writers do: rows offered, connections wanted. */
  function Desk(settings, line) {
    var counts = Counts();
    return {
      counts: counts,
      opens: asking.writeWindows(settings),
      took: function (rows) { return (settings.round_trip_ms + rows * settings.row_ms) / 1000; },
      store: function (start, commit, rows) {
        line.offer(start, rows);
        counts.transactions += 1;
        counts.stored += rows;
        counts.done = Math.max(counts.done, commit);
      },
      want: function (seconds, connections) {
        line.want(seconds, connections);
        counts.peakConnections = Math.max(counts.peakConnections, connections);
      },
      refuse: function (seconds) {
        counts.inVain += 1;
        line.refuse(seconds, seconds, 1);
      },
      giveUp: function (seconds, receipts, down) {
        line.lose(seconds, receipts);
        if (down) { counts.unreachable += receipts; } else { counts.refused += receipts; }
      },
    };
  }

  function Direct(settings, line) {
    var desk = Desk(settings, line), counts = desk.counts, again = Heap(), running = 0;
    var left = settings.max_connections - settings.app_connections;
    function attempt(seconds, receipts, tried) {
      var up = desk.opens(seconds)[0];
      if (up <= seconds && running <= left) {
        desk.store(seconds, seconds + desk.took(receipts), receipts);
        return;
      }
      desk.refuse(seconds);
      if (tried < settings.retries) { again.push([seconds + Math.pow(2, tried), receipts, tried + 1]); }
      else { desk.giveUp(seconds, receipts, up > seconds); }
    }
    function retryUntil(seconds) {
      while (again.all.length && again.all[0][0] <= seconds) { attempt.apply(null, again.pop()); }
    }
    return {
      counts: counts,
      put: function (result) {
        retryUntil(result[0]);
        running = result[2];
        desk.want(result[0], running);
        attempt(result[0], result[1], 0);
      },
      finish: function () { running = 0; retryUntil(Infinity); },
    };
  }

  function Pooled(settings, line) {
    var desk = Desk(settings, line), counts = desk.counts, connections = Heap(), own = asking.atOnce(settings);
    for (var i = 0; i < own; i++) { connections.push([0, 0, 0]); }
    return {
      counts: counts,
      put: function (result) {
        var seconds = result[0], receipts = result[1], up = desk.opens(seconds)[0];
        var start = Math.max(seconds, connections.all[0][0]), wait = start - seconds;
        if (up > seconds || wait > fact("POOL_WAIT")) {
          desk.refuse(seconds);
          desk.giveUp(seconds, receipts, up > seconds);
          return;
        }
        counts.waited += receipts * wait;
        counts.longest = Math.max(counts.longest, wait);
        desk.want(seconds, own);
        var commit = start + desk.took(receipts);
        connections.pop();
        connections.push([commit, 0, 0]);
        desk.store(start, commit, receipts);
      },
      finish: function () {},
    };
  }

  function Queued(settings, line) {
    var desk = Desk(settings, line), counts = desk.counts, backlog = queues.Backlog(), connections = Heap();
    var ends = Heap(), openAt = 0, next = null, left = 0, scheduled = settings.writer === "poller";
    var kept = settings.writer === "file" ? Infinity : settings.retention_days * DAY;
    var maps = settings.writer === "lambda" || settings.writer === "reserved";
    var receives = maps ? Receives(settings, line, backlog) : null;
    for (var i = 0; i < asking.atOnce(settings); i++) { connections.push([0, 0, 0]); }

    /* When the next transaction may begin, and at what rate. */
    function opening() {
      var ready = desk.opens(Math.max(backlog.oldest(), openAt, connections.all[0][0]));
      if (!scheduled || (left > 0 && ready[0] === connections.all[0][0])) { return ready; }
      for (;;) {
        var run = Math.ceil(ready[0] / fact("POLL_EVERY")) * fact("POLL_EVERY");
        ready = desk.opens(run);
        if (ready[0] === run) {
          left = Math.max(1, Math.floor(ready[1] * fact("POLL_EVERY")));
          return ready;
        }
      }
    }

    function transaction(start, rate) {
      var most = asking.rowsAtOnce(settings), oldest = backlog.oldest();
      var taken = backlog.take(scheduled ? Math.min(most, left) : most), rows = taken[0];
      line.results.take(start, rows, oldest);
      counts.waited += rows * start - taken[1];
      counts.longest = Math.max(counts.longest, start - oldest);
      var took = desk.took(rows), commit = start + took;
      openAt = scheduled ? start : start + secondsApart(settings, took, rows / rate);
      left -= rows;
      connections.pop();
      connections.push([commit, 0, 0]);
      while (ends.all.length && ends.all[0][0] <= start) { ends.pop(); }
      ends.push([commit, 0, 0]);
      desk.want(start, ends.all.length);
      desk.store(start, commit, rows);
    }

    function expire() {
      counts.longest = kept;
      var gone = backlog.oldest() + kept;
      if (counts.firstExpiry === null) { counts.firstExpiry = gone; }
      var receipts = backlog.drop();
      counts.expired += receipts;
      line.results.take(gone, receipts, gone - kept);
      line.lose(gone, receipts);
    }

    function writeUntil(seconds) {
      while (backlog.count) {
        if (!next) { next = opening(); }
        var start = next[0], rate = next[1];
        if (receives) {
          receives.goOn(Math.min(start, seconds), desk.opens.outages);
          if (!backlog.count) { next = null; return; }
        }
        if (start >= seconds) { return; }
        next = null;
        if (start - backlog.oldest() > kept) { expire(); } else { transaction(start, rate); }
      }
    }

    return {
      counts: counts,
      put: function (result) {
        var due = 0;
        writeUntil(result[0]);
        if (receives) {
          receives.goOn(result[0], desk.opens.outages);
          due = receives.due(result[1]);
        }
        backlog.put(result[0], result[1], due);
        line.results.put(result[0], result[1]);
      },
      finish: function () {
        writeUntil(Infinity);
        if (!receives) { return; }
        counts.dead = receives.dead;
        counts.firstDead = receives.firstDead;
        counts.inVain = receives.inVain;
        counts.mostReceives = receives.most;
        if (receives.inVain) {
          counts.peakConnections = Math.max(counts.peakConnections, asking.trying(settings));
        }
      },
    };
  }

  function Writing(settings, line) {
    return (settings.writer === "direct" ? Direct : settings.writer === "pooled" ? Pooled : Queued)(settings, line);
  }

  return { Writing: Writing, secondsApart: secondsApart };
})(RECEIPTS_CONSTANTS, Receipts.asking, Receipts.queues);
