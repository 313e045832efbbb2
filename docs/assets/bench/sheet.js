/* Draws a design as a sheet: the parts that were chosen, in the order in which a receipt passes them. */
DesignBench.sheet = (function () {
  "use strict";

  var ICON = 56, STEP = 120, DOWN = 128, LINE = 17, ZONE_GAP = 60, SIGN = 24, PREMISES = 82;
  var ENDPOINTS = ["pipes", "api_destination", "bus_subscriber", "sns_https"];
  var PULLS = ["agent", "consumer_group", "nightly_file", "container"];
  var READERS_WRITE = ["reader", "reader_pooled", "rds_proxy"];

  function escape(text) {
    return String(text).replace(/[&<>"]/g, function (it) {
      return { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" }[it];
    });
  }

  function partOf(design, name, data) {
    var question = data.questions.find(function (it) { return it.id === name; });
    var option = question.options.find(function (it) { return it.id === design[name]; });
    return option && option.part && option.part.icon ? option.part : null;
  }

  /* The main line and what stands beside it: {id, title, icon, zone, at, beside, detail}. */
  function stations(design, data) {
    var line = [], writer = design.writer, one = design.cutter === "one_function";

    function kept(unit, name) { return design[name] === undefined ? "" : unit[0] + design[name] + unit[1]; }
    function add(id, part, zone, at, more) {
      line.push(Object.assign({ id: id, title: part.title, icon: part.icon, zone: zone, at: at }, more));
    }
    function open(id, title, zone) {
      line.push({ id: id, title: title, icon: null, zone: zone, at: [id] });
    }
    function chosen(id, title, at, detail) {
      var part = partOf(design, id, data);
      if (part) { add(id, part, "aws", at || [id], { detail: detail }); } else if (design[id] === undefined) { open(id, title, "aws"); }
    }

    add("customer", data.fixed.customer, "out", []);
    chosen("intake", "how it comes in");
    chosen("cutter", "who cuts it", one ? ["cutter", "fanout"] : ["cutter"]);
    if (!one && design.cutter !== "distributed_map") { chosen("fanout", "what fans out"); }
    if (!one) { add("readers", data.fixed.readers, "aws", ["cutter", "fanout"], { many: true }); }
    var readers = line.length - 1;
    if (READERS_WRITE.indexOf(writer) < 0) {
      chosen("waits", "where results wait", ["waits"], /^(bus_classic|sns|workflow|files)$/.test(design.waits) ? "" : kept(["", " days"], "retention_days"));
    }
    var part = partOf(design, "writer", data), pace = { detail: kept(["", " rows/s"], "rate") };
    if (part && part.on === "aws") { add("writer", part, "aws", ["writer", "waits"], pace); }
    if (writer === undefined) { open("writer", "who writes", "aws"); }
    if (partOf(design, "way", data)) { chosen("way", ""); }
    if (design.way === undefined) { open("way", "which way in", "aws"); }
    if (part && part.on === "premises") { add("writer", part, "premises", ["writer", "waits"], pace); }
    if (ENDPOINTS.indexOf(writer) >= 0) { add("endpoint", data.fixed.endpoint, "premises", ["way"]); }
    add("database", data.fixed.database, "premises", ["database", "writer", "way", "waits"]);
    return { line: line, beside: besides(design, data, line, readers) };
  }

  function besides(design, data, line, readers) {
    var found = [];
    function index(id) { return line.findIndex(function (it) { return it.id === id; }); }
    function add(id, part, beside, above, kind, zone, at, detail) {
      found.push({ id: id, title: part.title, icon: part.icon, zone: zone, at: at, detail: detail,
        beside: beside, above: above, kind: kind });
    }
    var ledger = partOf(design, "counter", data);
    if (ledger) { add("counter", ledger, readers, true, "signal", "aws", ["counter"]); }
    if (/^(un)?watched$/.test(design.reader_dlq) && index("fanout") >= 0) {
      add("reader_dlq", data.fixed.dlq, index("fanout"), false, "failure", "aws", [],
        design.reader_dlq === "watched" ? "watched" : "");
    }
    var writer = index("writer") >= 0 ? index("writer") : readers;
    var aside = partOf(design, "bad_row", data);
    if (aside) {
      var queue = index("waits") >= 0 ? index("waits") : writer;
      add("bad_row", aside, queue, false, "failure", "aws", []);
    }
    var secret = partOf(design, "password", data);
    if (secret && line[writer].zone === "aws" && writer !== readers) {
      add("password", secret, writer, true, "request", "aws", []);
    }
    add("app", data.fixed.app, line.length - 1, false, "request", "premises", []);
    return found;
  }

  function words(title) {
    return title.split(" ").reduce(function (lines, word) {
      var last = lines[lines.length - 1];
      if (last && (last + " " + word).length <= 15) { lines[lines.length - 1] = last + " " + word; }
      else { lines.push(word); }
      return lines;
    }, []);
  }

  function placed(made, wide) {
    var gap = 0;
    made.line.forEach(function (node, i) {
      if (i && node.zone !== made.line[i - 1].zone) { gap += node.zone === "premises" ? ZONE_GAP : ZONE_GAP / 3; }
      node.x = wide ? 66 + i * STEP + gap : 88;
      node.y = wide ? 176 : 60 + i * DOWN + gap;
    });
    made.beside.forEach(function (node) {
      var to = made.line[node.beside];
      node.x = wide ? to.x : to.x + 152;
      node.y = wide ? to.y + (node.above ? -DOWN : DOWN) : to.y;
      /* Never two at one place: the second moves on. */
      made.beside.forEach(function (other) {
        if (other !== node && other.x === node.x && Math.abs(other.y - node.y) < 90 && other.y !== undefined &&
            made.beside.indexOf(other) < made.beside.indexOf(node)) { node.y = other.y + 96; }
      });
    });
    return made.line.concat(made.beside);
  }

  function height(node) { return ICON + 6 + words(node.title).length * LINE + (node.detail ? LINE : 0); }

  /* A frame with its sign and name: in the left corner, or where arrows come in from above in the right one. */
  function frame(nodes, zone, label, wide) {
    var inside = nodes.filter(function (it) { return it.zone === zone; });
    if (!inside.length) { return ""; }
    var beside = wide && zone === "aws" ? 64 : PREMISES;
    var left = Math.min.apply(null, inside.map(function (it) { return it.x; })) - beside;
    var right = Math.max.apply(null, inside.map(function (it) { return it.x; })) + beside;
    var top = Math.min.apply(null, inside.map(function (it) { return it.y; })) - (zone === "aws" ? 58 : 68); /* marks stay below its name */
    var bottom = Math.max.apply(null, inside.map(function (it) { return it.y - 28 + height(it); })) + 8;
    var kind = zone === "aws" ? "cloud" : "premises";
    return '<g class="zone ' + kind + '"><rect x="' + left + '" y="' + top + '" width="' + (right - left) + '" height="' +
      (bottom - top) + '"/><use href="#db-sign-' + kind + '" x="' + (wide ? left : right - SIGN) + '" y="' + top +
      '" width="' + SIGN + '" height="' + SIGN + '"/><text x="' + (wide ? left + SIGN + 7 : right - SIGN - 7) + '" y="' + (top + 17) +
      '" text-anchor="' + (wide ? "start" : "end") + '">' + label + "</text></g>";
  }

  function arrow(from, to, kind, wide, opener, label) {
    var side = to.x > from.x ? 34 : -34, a, b;
    if (from.y === to.y) { a = [from.x + side, from.y]; b = [to.x - side, to.y]; }
    else if (from.x === to.x && to.y > from.y) { a = [from.x, from.y - 28 + height(from) + 3]; b = [to.x, to.y - 32]; }
    else if (from.x === to.x) { a = [from.x, from.y - 32]; b = [to.x, to.y - 28 + height(to) + 3]; }
    else { a = [from.x + side, from.y + (to.y > from.y ? 12 : -8)]; b = [to.x - side, to.y]; }
    var angle = Math.atan2(b[1] - a[1], b[0] - a[0]);
    var head = [[-9, 4.5], [0, 0], [-9, -4.5]].map(function (it) {
      return (b[0] + it[0] * Math.cos(angle) - it[1] * Math.sin(angle)).toFixed(1) + "," +
        (b[1] + it[0] * Math.sin(angle) + it[1] * Math.cos(angle)).toFixed(1);
    }).join(" ");
    var open = kind === "request", end = open ? b : [b[0] - 8 * Math.cos(angle), b[1] - 8 * Math.sin(angle)];
    return '<g class="arrow ' + kind + '"><path d="M' + a.join(" ") + "L" + end.join(" ") + '"/>' +
      '<path class="head" d="M' + head.replace(/ /g, "L") + (open ? "" : "Z") + '"/>' +
      (opener ? '<circle class="opener" cx="' + (b[0] - 15 * Math.cos(angle)) + '" cy="' +
        (b[1] - 15 * Math.sin(angle)) + '" r="4"/>' : "") + "</g>" +
      (label ? '<g class="words data on-paper"><text x="' + (wide ? (a[0] + b[0]) / 2 - 2 : b[0] + 10) + '" y="' +
        ((a[1] + b[1]) / 2 + (wide ? -9 : 4)) + '" text-anchor="' + (wide ? "middle" : "start") + '">' + label + "</text></g>" : "");
  }

  function mark(node, count, kind, at) {
    if (!count) { return ""; }
    var x = node.x + 26 + at * 22, y = node.y - 28;
    return '<g class="db-mark ' + kind + '"><circle cx="' + x + '" cy="' + y + '" r="10"/><text x="' + x + '" y="' +
      (y + 4.5) + '">' + (kind === "breaks" ? "×" : "?") + "</text></g>";
  }

  function drawnNode(node, data) {
    var marks = node.marks || { breaks: [], depends: [] }, title = words(node.title);
    var icon = node.icon ? data.icons[node.icon] : null;
    var said = [node.title, icon && icon.service, node.detail].filter(Boolean).join(", ");
    if (marks.breaks.length) { said += "; breaks: " + marks.breaks.join("; "); }
    if (marks.depends.length) { said += "; it depends: " + marks.depends.join("; "); }
    var x = node.x - ICON / 2, y = node.y - ICON / 2;
    function image(off, faint) {
      return '<use href="#' + icon.id + '" x="' + (x + off) + '" y="' + (y - off) + '" width="' + ICON + '" height="' +
        ICON + '"' + (faint ? ' class="behind"' : "") + "/>";
    }
    var picture = icon ? (node.many ? image(8, true) + image(4, true) : "") + image(0)
      : '<rect class="db-open" x="' + x + '" y="' + y + '" width="' + ICON + '" height="' + ICON + '" rx="8"/>' +
        '<text class="title" x="' + node.x + '" y="' + (node.y + 6) + '">?</text>';
    var base = node.y + ICON / 2 + 16;
    var lines = title.map(function (line, i) {
      return '<text class="title" x="' + node.x + '" y="' + (base + i * LINE) + '">' + escape(line) + "</text>";
    }).join("");
    if (node.detail) {
      lines += '<text class="detail" x="' + node.x + '" y="' + (base + title.length * LINE) + '">' + escape(node.detail) + "</text>";
    }
    var role = node.line ? '" role="button" tabindex="0" data-line="' + node.line : '" role="graphics-symbol';
    return '<g class="node' + role + '" aria-label="' + escape(said) + '"><title>' + escape(said) + "</title>" +
      '<g aria-hidden="true">' + picture + lines + mark(node, marks.breaks.length, "breaks", 0) +
      mark(node, marks.depends.length, "depends", marks.breaks.length ? 1 : 0) + "</g></g>";
  }

  /* Give each part the properties that break or depend there. */
  function marked(nodes, verdicts, data) {
    data.properties.forEach(function (property, i) {
      var word = verdicts[i].word;
      if (word !== "breaks" && word !== "depends") { return; }
      var node = nodes.find(function (it) { return it.at[0] === property.at; }) ||
        nodes.find(function (it) { return it.at.indexOf(property.at) >= 0; });
      if (!node) { return; }
      node.marks = node.marks || { breaks: [], depends: [] };
      node.marks[word].push(property.text);
      if (!node.line || (word === "breaks" && node.marks.breaks.length === 1)) { node.line = property.id; }
    });
  }

  /* The sheet as SVG; from left to right where it is `wide`, else from top to bottom. */
  function draw(design, verdicts, data, wide) {
    var made = stations(design, data), nodes = placed(made, wide);
    marked(nodes, verdicts, data);
    var arrows = made.line.slice(1).map(function (node, i) {
      var pulls = PULLS.indexOf(design.writer) >= 0 && node.id === "writer";
      var enters = node.zone === "premises" && made.line[i].zone !== "premises";
      return arrow(made.line[i], node, "data", wide, pulls, enters && design.way === "outbound" ? "HTTPS, out" : "");
    }).concat(made.beside.map(function (node) {
      var to = made.line[node.beside];
      var inward = node.id === "app" || node.id === "password";
      return inward ? arrow(node, to, node.kind, wide) : arrow(to, node, node.kind, wide);
    }));
    var top = Math.min.apply(null, nodes.map(function (it) { return it.y; })) - 72;
    var bottom = Math.max.apply(null, nodes.map(function (it) { return it.y - 28 + height(it); })) + 16;
    var right = Math.max.apply(null, nodes.map(function (it) { return it.x; })) + PREMISES + 2;
    var steps = made.line.map(function (it) { return it.icon ? it.title : "undecided: " + it.title; }).join(", then ");
    return '<svg xmlns="http://www.w3.org/2000/svg" class="sheet" viewBox="0 ' + top + " " + right + " " + (bottom - top) +
      '" style="max-width:' + right + 'px" role="graphics-document document" aria-roledescription="diagram" aria-label="' +
      escape(steps) + '">' +
      frame(nodes, "aws", "AWS", wide) + frame(nodes, "premises", "Client's premises", wide) + arrows.join("") +
      nodes.map(function (it) { return drawnNode(it, data); }).join("") + "</svg>";
  }

  /* What every sheet of the page uses: the icons and signs, once. */
  function symbols(data) {
    var all = Object.keys(data.icons).map(function (it) { return data.icons[it].symbol; }).join("");
    return '<svg class="db-symbols" aria-hidden="true" width="0" height="0"><defs>' + all + data.signs + "</defs></svg>";
  }

  return { draw: draw, symbols: symbols, escape: escape };
}());
