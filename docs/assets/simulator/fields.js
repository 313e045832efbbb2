/* Numbers in a sentence that are its controls, and the sentences that hold them. */
Receipts.fields = (function (controls) {
  "use strict";

  var make = controls.make, count = 0;

  /* The next number up or down: the second digit changes, or the last of a small one. */
  function nudged(field, value, by) {
    var size = Math.abs(by < 0 ? value * 0.999999 : value) || 1;
    var step = Math.pow(10, Math.floor(Math.log10(size)) - 1);
    if (field.whole || step > 0.1) { step = Math.max(step, field.whole ? 1 : 0.1); }
    var next = Number((Math.round(value / step + by) * step).toPrecision(6));
    return Math.min(field.high, Math.max(field.low, next));
  }

  /* An <input type=number> as wide as its number. `changed(name, value)` hears of each change; `show`
     takes the state's number, but not out of the hand of who is typing. */
  function numberField(field, changed) {
    var input = make("input", { type: "number", className: "rs-n", id: "rs-n" + (count += 1), step: "any",
      min: field.low, max: field.high, inputMode: field.whole ? "numeric" : "decimal" });
    input.setAttribute("aria-label", field.label);
    function fit() { input.style.width = Math.max(1, input.value.length) + 0.9 + "ch"; }
    function set(value) { input.value = value; fit(); changed(field.name, value); }
    input.addEventListener("input", function () {
      fit();
      changed(field.name, input.value === "" ? NaN : Number(input.value));
    });
    input.addEventListener("keydown", function (event) {
      var by = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
      if (!by) { return; }
      event.preventDefault();
      set(nudged(field, Number(input.value) || field.low, by));
    });
    return { element: input, name: field.name, show: function (value, wrong) {
      input.setAttribute("aria-invalid", String(Boolean(wrong)));
      if (document.activeElement !== input && isFinite(value)) { input.value = value; }
      fit();
    } };
  }

  /* A <select> in a sentence; `of` holds its values and their words. */
  function choiceField(field, changed) {
    var select = make("select", { className: "rs-n", id: "rs-n" + (count += 1) });
    select.setAttribute("aria-label", field.label);
    Object.keys(field.of).forEach(function (value) {
      make("option", { value: value, textContent: field.of[value] }, select);
    });
    function fit() { select.style.width = select.selectedOptions[0].textContent.length * 0.8 + 2.4 + "ch"; }
    select.addEventListener("change", function () {
      fit();
      changed(field.name, field.numeric ? Number(select.value) : select.value);
    });
    return { element: select, name: field.name, show: function (value) {
      if (!select.querySelector('option[value="' + value + '"]') && field.other) {
        make("option", { value: value, textContent: field.other(value) }, select);
      }
      select.value = value;
      fit();
    } };
  }

  /* Fills `place` with `words`, where {name} is the place of the field of that name. */
  function sentence(place, words, fields) {
    words.split(/(\{\w+\})/).forEach(function (part) {
      var name = /^\{(\w+)\}$/.exec(part);
      place.appendChild(name ? fields[name[1]].element : document.createTextNode(part));
    });
    return place;
  }

  /* **words** as bold ones, the rest as they are. */
  function emphasised(place, words) {
    place.textContent = "";
    words.split("**").forEach(function (part, i) {
      if (i % 2) { make("strong", { textContent: part }, place); }
      else { place.appendChild(document.createTextNode(part)); }
    });
    return place;
  }

  return { numberField: numberField, choiceField: choiceField, sentence: sentence, emphasised: emphasised, nudged: nudged };
})(Receipts.controls);
