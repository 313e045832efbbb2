/* Judges a design as `lab.review.judge` does, term by term; test_twin.py holds the two equal. */
window.DesignBench = window.DesignBench || {};
DesignBench.judge = (function () {
  "use strict";

  var WELL_WITHIN = 0.5;

  function holds(conditions, said) {
    return Object.keys(conditions).every(function (name) {
      return conditions[name].indexOf(said[name]) >= 0;
    });
  }

  function keptHours(said, data) {
    if (data.without_end.indexOf(said.waits) >= 0) { return Infinity; }
    if (said.waits in data.clock_hours) { return data.clock_hours[said.waits]; }
    var known = said.waits !== undefined && said.waits !== "nowhere";
    if (!known || said.retention_days === undefined) { return undefined; }
    return Math.min(said.retention_days * 24, said.waits in data.most_hours ? data.most_hours[said.waits] : Infinity);
  }

  /* What the numbers say: whether it outlasts the outage, whether tries do, how it drains. */
  function derive(said, data) {
    var found = {}, kept = keptHours(said, data), outage = said.outage_hours;
    if (kept !== undefined && outage !== undefined) { found.outlasts = kept > outage ? "yes" : "no"; }
    if (said.tries === undefined || said.visibility_s === undefined || outage === undefined) {
      found.tries_last = "unknown";
    } else {
      found.tries_last = said.tries * said.visibility_s > outage * 3600 ? "yes" : "no";
    }
    if (kept !== undefined && said.rate !== undefined && said.receipts !== undefined) {
      var share = said.receipts / said.rate / 3600 / kept;
      found.drain = share <= WELL_WITHIN ? "fits" : share <= 1 ? "close" : "over";
    }
    return found;
  }

  /* What must be said first: what the property needs, or what decides whether that applies. */
  function missingOf(property, said, only) {
    var found = [];
    property.needs.forEach(function (name) {
      if (said[name] !== undefined) { return; }
      if (holds(only[name], said)) { found.push(name); }
      Object.keys(only[name]).forEach(function (gate) { if (said[gate] === undefined) { found.push(gate); } });
    });
    return found.filter(function (name, i) { return found.indexOf(name) === i; });
  }

  function withDefaults(design, data) {
    var said = {};
    data.questions.forEach(function (question) {
      if (question.default !== null) { said[question.id] = question.default; }
    });
    return Object.assign(said, design);
  }

  /* Every property in the rubric's order: {property, word, rules, missing}. */
  function judge(design, data) {
    var said = withDefaults(design, data), only = {};
    data.questions.forEach(function (question) { only[question.id] = question.only; });
    Object.assign(said, derive(said, data));
    return data.properties.map(function (property) {
      var matching = property.rules.filter(function (rule) { return holds(rule.when, said); });
      var missing = missingOf(property, said, only);
      var words = ["n/a", "breaks"].concat(missing.length ? [] : ["depends", "holds"]);
      for (var i = 0; i < words.length; i += 1) {
        var rules = matching.filter(function (rule) { return rule.verdict === words[i]; });
        if (rules.length) { return { property: property.id, word: words[i], rules: rules, missing: [] }; }
      }
      return { property: property.id, word: "not judged", rules: [], missing: missing };
    });
  }

  /* What a good instructor would ask next. */
  function nextQuestion(verdicts, data) {
    var words = ["breaks", "depends", "not judged"];
    for (var i = 0; i < words.length; i += 1) {
      for (var j = 0; j < verdicts.length; j += 1) {
        if (verdicts[j].word === words[i]) { return data.properties[j].ask; }
      }
    }
    return data.last_question;
  }

  return { judge: judge, derive: derive, keptHours: keptHours, holds: holds,
    withDefaults: withDefaults, nextQuestion: nextQuestion };
}());
