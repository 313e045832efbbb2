/* The design bench: a form in the order of one's drawing, the sheet, and the verdicts beside each other. */
(function () {
  "use strict";

  var root = document.getElementById("design-bench"), data = DesignBench.data;
  var judge = DesignBench.judge, escape = DesignBench.sheet.escape;
  var MANY = { "holds": "hold", "breaks": "break", "depends": "depend", "n/a": "do not apply" };
  var WORDS = { "depends": "it depends", "n/a": "does not apply" };
  var GOALS = { speed: "speed", promise: "nothing lost, nothing doubled", database: "the database" };
  var TRIES = ["mapping", "reserved", "scheduled", "container", "reader", "reader_pooled", "pipes"]; /* a receive is a try */
  var WIDE = 860;
  var designs = [{}], active = 0, unknown = [];

  function word(name) { return WORDS[name] || name; }
  function unique(list) { return list.filter(function (it, i) { return list.indexOf(it) === i; }); }
  function prefix(index) { return index ? "2." : ""; }

  /* ---- the address ---- */

  function toAddress() {
    var pairs = [];
    designs.forEach(function (design, index) {
      data.questions.forEach(function (question) {
        if (design[question.id] !== undefined) {
          pairs.push(prefix(index) + question.id + "=" + encodeURIComponent(design[question.id]));
        }
      });
    });
    if (designs.length > 1 && pairs.every(function (it) { return it.indexOf("2.") !== 0; })) { pairs.push("2."); }
    unknown = [];
    history.replaceState(null, "", "#" + pairs.join("&"));
  }

  /* What an address says; what no question knows is kept in `unknown`, and told. */
  function fromAddress() {
    var read = [{}], text = location.hash.slice(1);
    unknown = [];
    if (!text || text.indexOf("=") < 0) { return read; }
    text.split("&").forEach(function (pair) {
      var second = pair.indexOf("2.") === 0, at = pair.indexOf("=");
      if (second && read.length < 2) { read.push({}); }
      if (at < 0) { return; }
      var value = valid(pair.slice(second ? 2 : 0, at), decodeURIComponent(pair.slice(at + 1)));
      if (value !== undefined) { read[second ? 1 : 0][pair.slice(second ? 2 : 0, at)] = value; } else { unknown.push(pair); }
    });
    return read;
  }

  function valid(name, text) {
    var question = data.questions.find(function (it) { return it.id === name; });
    if (!question) { return undefined; }
    if (question.unit) { return Number(text) > 0 && Number(text) <= question.most ? Number(text) : undefined; }
    return question.options.some(function (it) { return it.id === text; }) ? text : undefined;
  }

  /* ---- the form ---- */

  function form() {
    var steps = [], design = designs[active], said = judge.withDefaults(design, data);
    data.questions.forEach(function (question) {
      if (!steps.length || steps[steps.length - 1].name !== question.step) { steps.push({ name: question.step, html: "" }); }
      if (!judge.holds(question.only, said)) { return; }
      steps[steps.length - 1].html += control(question, design);
    });
    return steps.map(function (step, i) {
      return "<fieldset><legend>" + (i + 1) + ". " + escape(step.name) + "</legend>" + step.html + "</fieldset>";
    }).join("");
  }

  function control(question, design) {
    var id = "db-" + question.id, value = design[question.id];
    var label = '<label for="' + id + '">' + escape(question.ask) + "</label>";
    if (question.unit) {
      return label + '<span class="db-number"><input id="' + id + '" name="' + question.id +
        '" type="number" min="0.001" max="' + question.most + '" step="any" inputmode="decimal" value="' + (value === undefined ? "" : value) + '"' +
        (question.default === null ? "" : ' placeholder="' + question.default + '"') + "> " + escape(question.unit) + "</span>";
    }
    return label + '<select id="' + id + '" name="' + question.id + '"><option value="">not said yet</option>' +
      question.options.map(function (option) {
        return '<option value="' + option.id + '"' + (option.id === value ? " selected" : "") + ">" + escape(option.label) + "</option>";
      }).join("") + "</select>";
  }

  /* ---- the verdicts ---- */

  function hours(number) {
    return number < 1 ? (number * 60).toFixed(0) + " min" : number < 48 ? number.toFixed(1) + " h" : (number / 24).toFixed(1) + " days";
  }

  /* Whether receives are used up while the link is down, by how a try fails; as `figures.py` says it. */
  function receives(said) {
    var seconds = said.outage_hours * 3600, failing = data.failing;
    var tries = [failing.refused_s, failing.slow_s].map(function (it) {
      return Math.min(seconds / said.visibility_s, said.in_hand * seconds / it / said.receipts);
    });
    var so = tries[0] < said.tries ? "so none is given up" :
      tries[1] < said.tries ? "so it breaks, unless nearly every try times out" : "so it breaks, however a try fails";
    function count(it) { return it < 10 ? it.toFixed(1) : Math.round(it).toLocaleString("en"); }
    return said.receipts.toLocaleString("en") + " waiting, " + said.in_hand.toLocaleString("en") + " in hand at once: within " + hours(said.outage_hours) +
      " each is tried " + count(tries[0]) + " times if a try is refused at once, " + count(tries[1]) + " if it takes " + failing.slow_s +
      " s to fail. The queue gives up after " + said.tries + ": " + so + ". Without Lambda's backing off";
  }

  /* The figures that hang on a design's own numbers, by the name of the evidence; the others came with the data. */
  function figures(design) {
    var said = judge.withDefaults(design, data), kept = judge.keptHours(said, data), found = {};
    if (said.rate && kept !== undefined && isFinite(kept)) {
      found["model:drain"] = said.receipts.toLocaleString("en") + " results at " + said.rate + " rows/s take " +
        hours(said.receipts / said.rate / 3600) + "; kept for " + hours(kept);
    }
    if (kept !== undefined && isFinite(kept)) {
      found["model:clock"] = "kept for " + hours(kept) + ", away for " + hours(said.outage_hours);
    }
    if (said.tries && said.visibility_s) {
      var last = hours(said.tries * said.visibility_s / 3600);
      found["model:tries"] = said.tries + " receives × " + said.visibility_s + " s last " + last +
        " at least; the database is away for " + hours(said.outage_hours);
      found["model:receives"] = receives(said);
      found["model:fifo_blocked"] = said.tries + " receives × " + said.visibility_s + " s: the group waits up to " + last;
    }
    if (said.rate) { found["model:rows_a_run"] = said.rate + " rows/s are " + said.rate * 60 + " rows a run, once a minute"; }
    return found;
  }

  /* Those that are worth a line below the sheet. */
  function ownFigures(design) {
    var found = figures(design), names = ["model:drain"];
    if (TRIES.indexOf(design.writer) >= 0) { names.push("model:tries"); }
    if (design.writer === "mapping" && judge.derive(judge.withDefaults(design, data), data).tries_last === "no") { names.push("model:receives"); }
    return names.map(function (it) { return found[it]; }).filter(Boolean);
  }

  function proof(name, own) {
    var it = data.evidence[name], link = it.link;
    var href = /^https:/.test(link) ? link : link ? "../" + link : "";
    return "<li><b>" + escape(data.kinds[it.kind]) + ":</b> " + escape(own[name] || it.text) +
      (it.command ? " <code>.venv/bin/" + escape(it.command) + "</code>" : "") +
      (href ? ' <a href="' + href + '">' + (it.kind === "page" ? "the page" : "read on") + "</a>" : "") + "</li>";
  }

  function missing(names) {
    var asks = names.map(function (name) {
      return escape(data.questions.find(function (it) { return it.id === name; }).ask);
    });
    return asks.length ? "Say first: " + asks.join(" ") : "Nothing of ours, and no page that we have read, covers this.";
  }

  function cell(verdict, property, index) {
    var names = [];
    verdict.rules.forEach(function (rule) { names = unique(names.concat(rule.evidence)); });
    var own = figures(designs[index]);
    var kinds = names.map(function (it) { return data.kinds[data.evidence[it].kind]; });
    var why = verdict.rules.map(function (rule) {
      return "<p>" + escape(rule.why) + (rule.on ? ". <b>On</b> " + escape(rule.on) : "") + ".</p>";
    }).join("") || "<p>" + missing(verdict.missing) + "</p>";
    var more = names.length ? "<details><summary>Evidence: " + escape(unique(kinds).join(", ")) + '</summary><ul>' + names.map(function (it) { return proof(it, own); }).join("") + "</ul>" : "<details><summary>To ask</summary>";
    if (kinds.length) { why += '<p class="db-kinds">Shown by: ' + escape(unique(kinds).join(", ")) + "</p>"; }
    return '<td data-word="' + verdict.word + '"' + (designs.length > 1 ? ' data-of="' + (index ? "the other" : "the first") + '"' : "") +
      '><span class="db-word">' + word(verdict.word) + "</span>" + why + more + "<p>Ask: " + escape(property.ask) + "</p></details></td>";
  }

  function table(all) {
    var heads = designs.length > 1 ? ["the first", "the other"] : ["your design"];
    return [1, 2].map(function (diagram) {
      var rows = data.properties.map(function (property, i) {
        if (property.diagram !== diagram) { return ""; }
        return '<tr id="db-row-' + property.id + '" tabindex="-1"' + (all.length > 1 && all[0][i].word !== all[1][i].word ? " data-differs" : "") + '><th scope="row">' + escape(property.text) +
          '<span class="db-points">…… of ' + property.points + "</span></th>" +
          all.map(function (verdicts, index) { return cell(verdicts[i], property, index); }).join("") + "</tr>";
      }).join("");
      return '<table class="db-table"><caption>Diagram ' + diagram + (diagram === 1 ? ": hundreds of images in one request" :
        ": the on-premises database") + '</caption><thead><tr><th scope="col">property</th>' +
        heads.map(function (it) { return '<th scope="col">' + it + "</th>"; }).join("") + "</tr></thead><tbody>" + rows + "</tbody></table>";
    }).join("");
  }

  function summary(verdicts) {
    return Object.keys(GOALS).map(function (goal) {
      var words = verdicts.filter(function (_, i) { return data.properties[i].goal === goal; })
        .map(function (it) { return it.word; });
      var counts = ["holds", "breaks", "depends", "n/a", "not judged"].map(function (it) {
        var count = words.filter(function (one) { return one === it; }).length;
        return count ? '<span data-word="' + it + '">' + count + " " + (count === 1 ? { "depends": "depends" }[it] || word(it) : MANY[it] || it) + "</span>" : "";
      }).filter(Boolean).join(", ");
      return "<li><b>" + GOALS[goal] + ":</b> " + counts + "</li>";
    }).join("");
  }

  function choices(design) {
    return '<dl class="db-choices">' + data.questions.map(function (question) {
      var value = design[question.id];
      if (value === undefined) { return ""; }
      var option = question.options.find(function (it) { return it.id === value; });
      return "<dt>" + escape(question.ask) + "</dt><dd>" + escape(option ? option.label : value + " " + question.unit) + "</dd>";
    }).join("") + "</dl>";
  }

  /* ---- the page ---- */

  function frame() {
    root.innerHTML = DesignBench.sheet.symbols(data) + '<div class="db-examples" role="group" aria-label="Begin with"><span>Begin with:</span>' +
      data.examples.map(function (it, i) { return '<button type="button" data-example="' + i + '">' + escape(it.label) + "</button>"; }).join("") +
      '<button type="button" data-do="empty">an empty sheet</button>' +
      '<label>or a drawing: <select class="db-drawings"><option value="">choose</option>' + data.drawings.map(function (it, i) {
        return '<option value="' + i + '">' + escape(it.label) + "</option>"; }).join("") + "</select></label></div>" +
      '<div class="db-work"><div class="db-sheets"></div><div class="db-said" role="status"></div>' +
      '<div class="db-actions"><button type="button" data-do="beside">Put another beside it</button>' +
      '<button type="button" data-do="switch">Change the other</button><button type="button" data-do="alone">Only one again</button>' +
      '<button type="button" data-do="print">Print the score sheet</button></div>' +
      '<form class="db-form" aria-label="Your design"></form></div><div class="db-verdicts"></div>';
    root.addEventListener("click", clicked);
    root.addEventListener("keydown", function (event) {
      if (event.key === "Enter" && event.target.closest(".node")) { goTo(event.target); }
    });
    root.querySelector(".db-drawings").addEventListener("change", function (event) {
      if (event.target.value) { put(data.drawings[event.target.value].design); event.target.value = ""; }
    });
    root.querySelector("form").addEventListener("change", changed);
    root.querySelector("form").addEventListener("submit", function (event) { event.preventDefault(); });
  }

  function show(withForm) {
    var all = designs.map(function (it) { return judge.judge(it, data); });
    var sheets = root.querySelector(".db-sheets"), two = designs.length > 1;
    var wide = sheets.clientWidth >= WIDE;
    sheets.className = "db-sheets" + (two ? " two" : "") + (wide ? " wide" : "");
    sheets.innerHTML = designs.map(function (design, i) {
      var name = two ? (i ? "The other design" : "The first design") + (i === active ? ", being changed" : "") : "Your design";
      var lines = ownFigures(design).map(function (it) { return "<li>" + escape(it) + "</li>"; }).join("");
      return '<figure data-active="' + (i === active) + '"><figcaption>' + name + '</figcaption><div class="db-pan">' +
        DesignBench.sheet.draw(design, all[i], data, wide) + "</div>" + (lines ? "<ul>" + lines + "</ul>" : "") + choices(design) + "</figure>";
    }).join("");
    root.querySelector(".db-said").innerHTML = (unknown.length ? "<p><b>The address has what this page doesn't know, so it is not said:</b> " +
      escape(unknown.join(", ")) + "</p>" : "") + "<ul>" + summary(all[active]) + "</ul><p><b>A good instructor would ask next:</b> " +
      escape(judge.nextQuestion(all[active], data)) + "</p>";
    root.querySelector(".db-verdicts").innerHTML = table(all);
    if (withForm) { root.querySelector("form").innerHTML = form(); }
    root.querySelector('[data-do="beside"]').hidden = two;
    root.querySelector('[data-do="switch"]').hidden = root.querySelector('[data-do="alone"]').hidden = !two;
  }

  function changed(event) {
    var name = event.target.name, value = valid(name, event.target.value);
    if (value === undefined) { delete designs[active][name]; } else { designs[active][name] = value; }
    if (event.target.type === "number" && event.target.value && value === undefined) { event.target.value = ""; }
    var id = event.target.id;
    toAddress();
    show(true);
    document.getElementById(id).focus();
  }

  function put(design) {
    designs[active] = Object.assign({}, design);
    toAddress();
    show(true);
  }

  /* From a part of the sheet to the first line of the rubric that breaks or depends there. */
  function goTo(part) {
    var node = part.closest("[data-line]");
    if (node) { document.getElementById("db-row-" + node.dataset.line).focus(); }
  }

  function clicked(event) {
    var button = event.target.closest("button");
    if (!button) { goTo(event.target); return; }
    var act = button.dataset.do;
    if (button.dataset.example) { put(data.examples[button.dataset.example].design); return; }
    if (act === "empty") { put({}); return; }
    if (act === "beside") { designs.push(Object.assign({}, designs[0])); active = 1; }
    if (act === "switch") { active = 1 - active; }
    if (act === "alone") { designs = [designs[active]]; active = 0; }
    if (act === "print") { window.print(); return; }
    toAddress();
    show(true);
    if (button.hidden) { root.querySelector('.db-actions button:not([hidden])').focus(); }
  }

  function begin() {
    designs = fromAddress();
    active = designs.length - 1;
    show(true);
  }

  frame();
  begin();
  window.addEventListener("hashchange", begin);
  var width = root.clientWidth;
  window.addEventListener("resize", function () {
    if (root.clientWidth !== width) { width = root.clientWidth; show(false); }
  });
}());
