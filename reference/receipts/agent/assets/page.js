// The agent's page: asks once a second, and shows what the agent says as text.
(() => {
  "use strict";
  const { element, followColours, makeCurves } = globalThis.ReceiptsLive;
  const root = document.getElementById("agent");
  const verdict = root.querySelector(".rl-verdict"), error = root.querySelector(".ag-error");
  const WINDOW_S = 15; // rates are of this last stretch of time
  const SHOWN_S = 300;
  const SILENT_S = 30; // a cycle ends sooner, unless it waits for an answer

  const figures = makeCurves(root.querySelector(".rl-curves"), [
    { key: "rate", title: `rows/s, over ${WINDOW_S} s`, limit: "ceiling", say: (it) => `${it.rate.toFixed(1)}; ${+it.ceiling.toFixed(2)} allowed` },
    { key: "in_flight", title: "in flight", limit: "share", least: 0.01, say: (it) => `${it.in_flight.toFixed(3)}; ${it.share} allowed` },
    { key: "write_ms", title: "a transaction takes", say: (it) => (it.write_ms === undefined ? "none" : `${it.write_ms.toFixed(1)} ms`) },
    { key: "held", title: "receipts it holds", say: (it) => `${it.held}` },
  ]);

  const clock = (time) => new Date(time).toLocaleTimeString("en-GB");
  const lasting = (s) => (s < 90 ? `${Math.round(s)} s` : s < 5400 ? `${Math.round(s / 60)} min` : `${(s / 3600).toFixed(1)} h`);
  const count = (value) => Math.round(value).toLocaleString("en");

  // One a second from samples that come as cycles end: a value holds until the next one.
  let samples = [];
  function curves() {
    if (!samples.length) return;
    const until = samples.at(-1).at, first = samples[0].at;
    const frames = [];
    let now = 0, then = 0;
    for (let at = Math.max(first, until - SHOWN_S * 1000); at <= until; at += 1000) {
      while (samples[now + 1]?.at <= at) now += 1;
      while (samples[then + 1]?.at <= at - WINDOW_S * 1000) then += 1;
      const a = samples[then], b = samples[now], s = Math.max(1, Math.min(WINDOW_S, (at - a.at) / 1000));
      const busy = b.write_seconds_sum - a.write_seconds_sum, writes = b.write_seconds_count - a.write_seconds_count;
      frames.push({
        rate: (b.rows_stored_total - a.rows_stored_total) / s, ceiling: b.ceiling,
        in_flight: busy / s, share: b.share,
        write_ms: writes ? (1000 * busy) / writes : undefined,
        held: b.in_hand + b.unmarked,
      });
    }
    figures.reset(frames);
    return frames.at(-1);
  }

  const stop = (id, tone, large, small) => {
    const it = document.getElementById(id);
    it.className = `ag-stop ${tone}`;
    it.querySelector("b").textContent = large;
    it.querySelector("p").textContent = small;
  };

  const DOING = {
    starting: () => "It starts.",
    writing: ({ now, probing, healthy }, rate) => (probing ? "It probes whether the database is back, with one row."
      : !healthy ? "The database did not take the last transaction. It tries again by itself; nothing is lost."
        : now.got || rate ? `It writes ${rate.toFixed(1)} rows/s; ${+now.ceiling.toFixed(2)} are allowed${now.rate_rows_per_second < now.ceiling * 0.99 ? `, and its pace is ${now.rate_rows_per_second.toFixed(1)}: the database is slower than that` : ""}.`
          : "It is ready, and the queue has nothing for it."),
    paused: () => "Paused by its file. It receives nothing; messages wait on the queue.",
    "outside its hours": ({ opens_s }) => `Outside its hours; they begin ${opens_s ? `in ${lasting(opens_s)}` : "now"}. Messages wait on the queue.`,
    "the database was away": () => "The database doesn't take rows. It tries again by itself; messages wait on the queue.",
    "AWS out of reach": () => "AWS is out of reach. It tries again by itself; messages wait on the queue.",
    "another agent writes": () => "It stands by: another agent writes. It takes over when that one is gone.",
    "took over": () => "It took over, and waits as if a whole transaction had just gone out.",
    "this agent is older than a message": () => "It is older than a message on the queue, and writes nothing: upgrade it.",
  };

  const why = ({ added }) => Object.entries(added)
    .map(([key, value]) => (["reason", "detail", "found"].includes(key) ? value : `${key.replaceAll("_", " ")} ${value}`)).join(", ");

  // Between the first transaction that it doesn't take and the breaker's pause it is "writing" still.
  const refuses = ({ state, probing, healthy }) => state === "the database was away" || probing || (state === "writing" && !healthy);

  function way(status) {
    const { now, state } = status;
    const writes = ["writing", "took over"].includes(state), away = refuses(status), lost = state === "AWS out of reach";
    const waits = !now.asked ? "not asked yet" : now.got >= now.asked ? "more waits" : now.got ? "little waits" : "nothing waits";
    stop("queue", lost ? "bad" : "", lost ? "out of reach" : waits,
      `${now.asked ? `The last call brought ${now.got} of the ${now.asked} it asked for. ` : ""}How many wait it may not know: its key receives, and has no right to count.`);
    stop("self", writes && !away ? "good" : "", state === "another agent writes" ? "stand-by" : `holds ${now.in_hand + now.unmarked}`,
      `${now.in_hand} in hand to be written, ${now.unmarked} written and still to be marked in the ledger and deleted from the queue.`);
    const mean = now.write_seconds_count ? `, ${((1000 * now.write_seconds_sum) / now.write_seconds_count).toFixed(1)} ms each` : "";
    stop("database", away ? "bad" : writes ? "good" : "", away ? "doesn't take rows" : writes ? "takes rows" : state === "another agent writes" ? "another writes" : "not asked now",
      `${writes && !away ? "One session, which holds the writer's lock. " : ""}${count(now.write_seconds_count)} transaction${now.write_seconds_count === 1 ? "" : "s"}${mean}.`);
    document.getElementById("from-queue").className = `ag-arrow ${lost ? "bad" : writes ? "" : "still"}`;
    document.getElementById("to-database").className = `ag-arrow ${away ? "bad" : writes ? "" : "still"}`;
  }

  const terms = new Map();
  function sums(now) {
    const place = root.querySelector(".rl-equation");
    const all = [
      ["received", "rl-waiting", now.received_total], ["rows written", "rl-stored", now.rows_stored_total],
      ["new among them", "rl-stored", now.rows_new_total], ["set aside", now.set_aside_total ? "rl-dead" : "rl-waiting", now.set_aside_total],
      ["transactions refused", now.failures_total ? "rl-dead" : "rl-waiting", now.failures_total],
      ["times without AWS", now.aws_failures_total ? "rl-dead" : "rl-waiting", now.aws_failures_total],
    ];
    for (const [name, tone, value] of all) {
      if (!terms.has(name)) {
        const term = element("span"), number = element("b");
        term.append(number, " ", element("span", "", name));
        place.append(term, " ");
        terms.set(name, { term, number });
      }
      terms.get(name).term.className = `rl-term ${tone}`;
      terms.get(name).number.textContent = count(value);
    }
  }

  // What hasn't changed is left alone, so that nothing is read out twice or loses its place.
  const told = new Map();
  function ifNew(name, value, show) {
    const text = JSON.stringify(value);
    if (told.get(name) === text) return;
    told.set(name, text);
    show(value);
  }

  function lists({ lines, set_aside, warnings }) {
    ifNew("set aside", set_aside, () => {
      const table = root.querySelector(".ag-table");
      table.hidden = !set_aside.length;
      root.querySelector(".ag-none").hidden = set_aside.length > 0;
      table.querySelector("tbody").replaceChildren(...set_aside.toReversed().map(({ at, added }) => {
        const row = element("tr");
        row.append(...[clock(at), added.receipt_id === "None" ? "not known" : added.receipt_id, added.reason].map((text) => element("td", "", text)));
        return row;
      }));
    });
    ifNew("lines", lines, () => root.querySelector(".rl-log").replaceChildren(...lines.toReversed().map((line) => {
      const item = element("p", line.level);
      item.append(element("span", "rl-at", clock(line.at)), " ", element("b", "", line.said));
      item.append(`${line.times > 1 ? ` (${line.times} times)` : ""}${why(line) ? `: ${why(line)}` : ""}`);
      return item;
    })));
    ifNew("warnings", warnings, () => {
      const list = root.querySelector(".ag-warnings");
      list.hidden = !warnings.length;
      list.replaceChildren(...warnings.map((text) => element("li", "", `The database is not as inbox.sql made it: ${text}`)));
    });
  }

  function show(status) {
    const { now, state, since, silent_s, healthy, lines } = status;
    samples.push({ ...now, at: Date.parse(now.at) });
    if (samples.length > SHOWN_S + WINDOW_S) samples.shift();
    const rate = curves().rate;
    const silent = silent_s > SILENT_S ? ` It has waited ${lasting(silent_s)} for an answer of AWS or of the database.` : "";
    const text = `${(DOING[state] || (() => state))(status, rate)}${silent}`;
    ifNew("verdict", `${text} Since ${clock(since)}.`, (it) => { verdict.textContent = it; });
    verdict.className = `rl-verdict ${!healthy || silent ? "wrong" : state === "writing" ? "right" : "late"}`;
    const last = lines.findLast((line) => line.level !== "INFO" && !line.added.found);
    error.hidden = healthy || !last;
    error.textContent = last ? `The last error, at ${clock(last.at)}: ${last.said}${why(last) ? `: ${why(last)}` : ""}` : "";
    way(status);
    sums(now);
    lists(status);
  }

  async function answer(path) {
    const found = await fetch(path, { signal: AbortSignal.timeout(5000) });
    if (!found.ok) throw new Error(await found.text());
    return found.json();
  }

  let seen = null; // when it answered last; null: its samples are to be fetched
  async function look() {
    if (document.hidden) return;
    try {
      if (seen === null) samples = (await answer("samples")).map((it) => ({ ...it, at: Date.parse(it.at) }));
      show(await answer("status"));
      seen = Date.now();
    } catch {
      if (seen !== null) ifNew("verdict", `No answer since ${clock(seen)}: the agent has stopped, or the way to it is closed. This page asks again.`, (it) => { verdict.textContent = it; });
      else if (!samples.length) ifNew("verdict", "No answer yet. This page asks again.", (it) => { verdict.textContent = it; });
      verdict.className = "rl-verdict wrong";
      seen = null;
    }
  }

  followColours();
  document.addEventListener("visibilitychange", () => { seen = null; });
  (async () => {
    for (;;) {
      await look();
      await new Promise((resolve) => { setTimeout(resolve, 1000); });
    }
  })();
  globalThis.ReceiptsLive.sizes = () => ({ samples: samples.length, curve: figures.size(), elements: document.getElementsByTagName("*").length });
  globalThis.ReceiptsLive.show = show;
})();
