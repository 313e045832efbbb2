// The watched peak: asks once a second for what was measured anyway, and shows it on the two sheets.
(() => {
  "use strict";
  const { element, followColours, makeCurves, makeSheet } = globalThis.ReceiptsLive;
  const root = document.getElementById("peak");
  const verdict = root.querySelector(".rl-verdict"), clock = root.querySelector(".pk-clock"), body = root.querySelector("tbody");
  const NAIVE = "naive-direct-writes", BUFFER = "on-premises-buffer";
  const sheets = { [NAIVE]: makeSheet(NAIVE), [BUFFER]: makeSheet(BUFFER) };
  const sheetOf = (way) => (way.startsWith("direct") ? NAIVE : way.startsWith("buffered") ? BUFFER : "");

  const ms = (value) => (value === null ? "none" : `${value.toFixed(1)} ms`);
  const count = (value) => Math.round(value).toLocaleString("en");
  const curves = makeCurves(root.querySelector(".rl-curves"), [
    { key: "connections", title: "connections", limit: "limit", say: (it) => `${it.connections} of ${it.limit}` },
    { key: "app_p95_ms", title: "the app's p95", say: (it) => ms(it.app_p95_ms) },
    { key: "rows_per_s", title: "rows/s", say: (it) => `${count(it.rows_per_s)}${it.ceiling ? `; ${count(it.ceiling)} allowed` : ""}` },
    { key: "refused", title: "refused attempts", say: (it) => count(it.refused) },
  ]);

  // Without the row where messages are set aside, for none is here; and from the database on, where it is wider than its place.
  function crop(name) {
    const svg = document.querySelector(`#${name}-figure svg`), rects = [...svg.querySelectorAll(".zone > rect")];
    const bottom = (it) => Number(it.getAttribute("y")) + Number(it.getAttribute("height"));
    const wanted = Math.min(...rects.map(bottom)), over = Math.max(...rects.map(bottom)) - wanted;
    svg.querySelectorAll("[id*=write-dlq]").forEach((it) => { it.style.display = "none"; });
    for (const it of rects) it.setAttribute("height", wanted - Number(it.getAttribute("y")));
    const [x, y, width, height] = svg.getAttribute("viewBox").split(/\s+/).map(Number);
    svg.setAttribute("viewBox", [x, y, width, height - over].join(" "));
    svg.removeAttribute("height");
    const pan = svg.closest(".pan");
    if (pan) pan.scrollLeft = pan.scrollWidth;
  }

  function badges(name, seen, limit, now) {
    const { badge } = sheets[name];
    const full = seen && seen.connections >= limit;
    badge("postgresql", seen ? `${seen.connections} of ${limit}` : "", full ? "bad" : "good");
    badge("expenses-app", seen ? `p95 ${seen.app_p95_ms === null ? "none" : `${seen.app_p95_ms.toFixed(1)} ms`}` : "", seen?.app_failed ? "bad" : "good");
    if (name === NAIVE) {
      badge("read-and-store", now ? `${now.readers} readers` : seen?.refused ? `${count(seen.refused)} refused` : "", seen?.refused && !now ? "bad" : "");
    } else {
      badge("write-queue", "never empty", "waits");
      badge("pull-agent", seen ? `${count(seen.rows_per_s)} rows/s` : "", "good");
    }
  }

  let tabled = "";
  function table(sums, now) {
    const news = JSON.stringify([sums, now?.way]);
    if (news === tabled) return;
    tabled = news;
    const quiet = sums.find((it) => it.way === "quiet")?.app_p95_ms;
    const rows = sums.map((it) => {
      const row = element("tr", it.way === now?.way ? "now" : ""), head = element("th", "", it.title);
      head.scope = "row";
      const cell = (text, bad) => element("td", bad ? "bad" : "", text);
      const writes = !["quiet", "placebo"].includes(it.way);
      row.append(
        head, cell(count(it.blocks)), cell(ms(it.app_p95_ms)), cell(quiet && it.app_p95_ms !== null ? `× ${(it.app_p95_ms / quiet).toFixed(2)}` : ""),
        cell(count(it.app_failed), it.app_failed), cell(writes ? count(it.rows_per_s) : ""), cell(writes ? count(it.refused) : "", it.refused),
        cell(writes ? count(it.lost) : "", it.lost), cell(count(it.connections)),
      );
      return row;
    });
    body.replaceChildren(...rows);
  }

  const told = new Map();
  function tell(place, text) {
    if (told.get(place) === text) return;
    told.set(place, text);
    place.textContent = text;
  }

  function show({ part, rounds, since_s, limit, running: now, sums, blocks }) {
    const round = now && rounds ? (now.round < 0 ? ", rounds to warm up" : `, round ${now.round + 1} of ${rounds}`) : "";
    const minutes = `${Math.floor(since_s / 60)}:${String(Math.floor(since_s % 60)).padStart(2, "0")}`;
    tell(verdict, `${part}${round}.`);
    const what = now ? `Now: ${now.title}${now.readers ? `, ${now.readers} readers, ${now.position_s.toFixed(0)} s into the burst` : ""}${now.ceiling ? `, ${count(now.ceiling)} rows/s allowed` : ""}.` : "";
    tell(clock, `${minutes} ${what}`);
    for (const name of Object.keys(sheets)) {
      const runs = now && sheetOf(now.way) === name ? now : null;
      const place = root.querySelector(`[data-sheet="${name}"]`);
      place.classList.toggle("now", Boolean(runs));
      const last = blocks.findLast((it) => sheetOf(it.way) === name), title = sums.find((it) => it.way === last?.way)?.title;
      tell(place.querySelector(".pk-now"), runs ? `now: ${runs.title}` : title ? `last: ${title}` : "");
      badges(name, last, limit, runs);
    }
    curves.reset(blocks.map((it) => ({ ...it, limit })));
    root.querySelector('[aria-label="So far"]').hidden = !sums.length;
    table(sums, now);
  }

  async function look() {
    if (document.hidden) return;
    try {
      const found = await fetch("status", { signal: AbortSignal.timeout(5000) });
      if (!found.ok) throw new Error(found.statusText);
      show(await found.json());
    } catch {
      tell(verdict, told.has(clock) ? "The run has ended, or doesn't answer; this page stays as it was." : "No answer yet.");
    }
  }

  followColours();
  Object.keys(sheets).forEach(crop);
  (async () => {
    for (;;) {
      await look();
      await new Promise((resolve) => { setTimeout(resolve, 1000); });
    }
  })();
})();
