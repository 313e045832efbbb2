/* A recorded run and the model of it, as curves and as numbers, on the clock of "One peak, two designs". */
(function (charts, planner) {
  "use strict";

  function start(root) {
    var place = root.querySelector("[data-run]");
    if (!place) { return; }
    var data = JSON.parse(place.dataset.run), table = place.querySelector("table"), figure = place.querySelector("figure");
    var last = data.run.read.length - 1, cells = {}, move = null, seconds = 0;

    ["run", "model"].forEach(function (who) {
      data[who].waiting = data[who].read.map(function (read, i) { return read - data[who].stored[i]; });
    });

    function cell(row, text, tag) {
      var made = document.createElement(tag);
      made.textContent = text;
      if (tag === "th") { made.scope = row.parentNode.tagName === "THEAD" ? "col" : "row"; }
      row.appendChild(made);
      return made;
    }
    var caption = table.createCaption(), head = table.createTHead().insertRow(), body = table.createTBody();
    ["", "read", "waiting", "stored"].forEach(function (title) { cell(head, title, title ? "th" : "td"); });
    [["model", "the model"], ["run", "the run"]].forEach(function (pair) {
      var row = body.insertRow();
      cell(row, pair[1], "th");
      cells[pair[0]] = ["read", "waiting", "stored"].map(function (what) { return { what: what, place: cell(row, "", "td") }; });
    });

    function show() {
      var i = Math.min(last, Math.round(seconds / data.step) - 1);
      caption.textContent = "After " + planner.duration(Math.min(seconds, (last + 1) * data.step)) + (i === last ? ", at its end" : "");
      Object.keys(cells).forEach(function (who) {
        cells[who].forEach(function (one) { one.place.textContent = planner.number(i < 0 ? 0 : data[who][one.what][i]); });
      });
      if (move) { move(Math.max(0, i)); }
    }

    function draw() {
      var most = Math.max.apply(null, data.run.waiting);
      move = charts.draw(figure, { title: "Receipts that wait to be stored, and receipts stored", step: data.step,
        said: "In the run at most " + planner.number(most) + " wait.",
        lines: [{ name: "waiting, in the run", values: data.run.waiting, look: "run" },
          { name: "waiting, by the model", values: data.model.waiting, look: "model" },
          { name: "stored, in the run", values: data.run.stored, look: "run stored" },
          { name: "stored, by the model", values: data.model.stored, look: "model stored" }],
        choose: function (step) {
          var slider = root.querySelector("input[type=range]");
          slider.value = Math.round((step + 1) * data.step);
          slider.dispatchEvent(new Event("input"));
        } });
      show();
    }

    root.addEventListener("peak-clock", function (event) { seconds = event.detail; show(); });
    window.addEventListener("resize", draw);
    draw();
  }

  // Before the block itself begins, so that its first moment is heard.
  document.querySelectorAll(".one-peak").forEach(start);
})(Receipts.charts, Receipts.plan);
