/* One idea a figure: a sentence with its number, what the model says to it, and the curve beside. */
Receipts.ideas = (function (planner, controls, fields, charts, curves, letter, asking) {
  "use strict";

  var make = controls.make, number = planner.number, duration = planner.duration;

  /* `says` and `chart` are asked with the answers: to the peak, one request alone, and the line down. */
  var IDEAS = [
    { name: "ramp", title: "Readers start one after another", field: "batch_receipts",
      words: "One customer sends {batch_receipts} photos in one request.",
      says: function (of) {
        var ramp = asking.ramp(of.single.settings);
        return "**All are read after " + duration(of.single.read_done) + ".** The first " + number(ramp.start) +
          " readers start at once, then " + number(ramp.perSecond) + " more each second: the more photos, the more readers. " +
          number(of.single.peak_concurrency) + " are the most that this one needs.";
      },
      chart: function (of) {
        var series = of.single.series, last = Math.ceil(of.single.read_done / series.step) + 1;
        return { title: "Photos read of one request", said: "The last after " + duration(of.single.read_done) + ".", step: series.step,
          lines: [{ name: "read so far", values: curves.sums(series.read_rate, series.step).slice(0, last), look: "rs-a", fill: true }] };
      } },
    { name: "queue", title: "The queue takes the difference", field: "customers",
      words: "{customers} customers send theirs in the peak.",
      says: function (of) {
        return "**At most " + number(of.peak.peak_write_depth) + " results wait**, none longer than " +
          duration(of.peak.longest_write_wait) + ". Reading follows the customers, writing follows the client. " +
          "What lies between is on the queue, and the database never learns of it.";
      },
      chart: function (of) { return curves.all(of.peak).waiting; } },
    { name: "rate", title: "The rate decides how long", field: "rate",
      words: "The client allows {rate} rows a second.",
      says: function (of) {
        return letter.drained(of.peak) + "While more are read than written it " +
          "fills, and then it drains. Twice the rate is about half the wait, until reading is what one waits for.";
      },
      chart: function (of) { return curves.all(of.peak).rate; } },
    { name: "knee", title: "Beyond the knee the app slows", field: "knee",
      words: "The database begins to slow at {knee} rows a second.",
      says: function (of) {
        var safe = letter.safe(of.peak.settings);
        return "**Rows and app together reach " + planner.percent(of.peak.peak_database_load) + " of it in the busiest second.** " + number(safe) +
          " rows a second are safe in the app's busiest hour. A queue can wait; an app whose users wait can't.";
      },
      chart: function (of) { return curves.all(of.peak).room; } },
    { name: "outage", title: "A line that is down costs time, not receipts", field: "on_call",
      words: "The line to the client is down for {on_call} hours, from the worst moment on.",
      says: function (of) {
        var gone = letter.lost(of.outage), settings = of.outage.settings, kept = number(settings.retention_days) + " days";
        if (gone) { return "**" + number(gone) + " receipts are lost.** " + (asking.unqueued(settings)
          ? "Readers that store themselves have nowhere to put them." : of.outage.verdict[0].text); }
        return "**" + number(of.outage.peak_write_depth) + " results wait, and none is lost.** The queue keeps them for " + kept +
          ". So whoever is on call may sleep, as long as somebody comes within that time.";
      },
      chart: function (of) { return curves.all(of.outage).age; } },
  ];
  /* The idea that shows a limit; others have none of their own here. */
  var SHOWN_IN = { "poller ramp": "ramp", concurrency: "queue", "write rate": "rate", "busy hours": "rate", "database room": "knee",
    "unsafe rate": "knee", "database load": "knee", "database burst": "knee", "app load": "knee", hours: "outage",
    "near retention": "outage", "write retention": "outage", transactions: "rate" };

  function build(root, changed) {
    var shown = IDEAS.map(function (idea) {
      var block = make("section", { className: "rs-idea", id: "idea-" + idea.name }, root), text = make("div", {}, block), one = {};
      block.setAttribute("aria-label", idea.title);
      make("h3", { textContent: idea.title }, text);
      one[idea.field] = fields.numberField(controls.named(idea.field), changed);
      fields.sentence(make("p", { className: "rs-sentence" }, text), idea.words, one);
      return { idea: idea, field: one[idea.field], says: make("p", {}, text), block: block,
        tag: make("p", { className: "rs-tag", textContent: "This is what limits first.", hidden: true }, text),
        figure: make("figure", {}, block) };
    });
    return {
      fields: shown.map(function (one) { return one.field; }),
      show: function (answers) {
        var first = SHOWN_IN[answers.peak.verdict[0].limit];
        shown.forEach(function (one) {
          fields.emphasised(one.says, one.idea.says(answers));
          one.tag.hidden = one.idea.name !== first;
          charts.draw(one.figure, one.idea.chart(answers));
        });
      },
    };
  }

  return { build: build };
})(Receipts.plan, Receipts.controls, Receipts.fields, Receipts.charts, Receipts.curves, Receipts.letter, Receipts.asking);
