/* Four stories: a question, the reader's prediction and the model's answer, together in one place. */
Receipts.stories = (function (constants, planner, controls, charts, curves) {
  "use strict";

  var make = controls.make, number = planner.number;

  function settingsOf(story) { return Object.assign({}, constants.defaults, story.settings); }

  function said(story, answer) {
    var figure = answer[story.figure];
    return story.figure === "refused" ? number(figure) + " of " + number(answer.settings.receipts) + " receipts"
      : planner.duration(figure);
  }

  /* `told(key)` hears which story is asked; `take(settings)` is given those that the reader wants to go on with. */
  function build(root, told, take) {
    var group = make("div", { className: "rs-stories" }, root), buttons = {};
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Stories");
    var card = make("div", { className: "rs-card" }, root);
    Object.keys(constants.presets).forEach(function (key) {
      buttons[key] = make("button", { type: "button", textContent: constants.presets[key].name }, group);
      buttons[key].addEventListener("click", function () { tell(key); told(key); });
    });

    function tell(key) {
      var story = constants.presets[key];
      for (var one in buttons) { buttons[one].setAttribute("aria-pressed", String(one === key)); }
      card.textContent = "";
      make("p", { className: "rs-story", textContent: story.story }, card);
      var form = make("form", { className: "rs-question" }, card), set = make("fieldset", {}, form);
      make("legend", { textContent: story.question }, set);
      story.choices.forEach(function (choice, i) {
        var label = make("label", {}, set);
        make("input", { type: "radio", name: "rs-choice", value: i, required: true }, label);
        label.appendChild(document.createTextNode(" " + choice.text));
      });
      var submit = make("button", { type: "submit", textContent: "Show what happens" }, form);
      form.addEventListener("submit", function (event) {
        event.preventDefault();
        var picked = Number(form.querySelector("input:checked").value);
        set.disabled = true;
        submit.remove();
        reveal(story, picked);
      });
    }

    function reveal(story, picked) {
      var answer = planner.plan(settingsOf(story)), figure = answer[story.figure], worst = answer.verdict[0];
      var right = story.choices[picked].low <= figure && figure < story.choices[picked].high;
      var truth = make("p", { className: "rs-said", tabIndex: -1 }, card);
      truth.setAttribute("role", "status");
      truth.textContent = (right ? "You saw it coming. " : "You said “" + story.choices[picked].text + "”. ") +
        "The model says " + said(story, answer) + ".";
      charts.draw(make("figure", {}, card), curves.all(answer)[curves.first(answer)]);
      make("p", { textContent: worst.text + " " + worst.change }, card);
      make("button", { type: "button", textContent: "Go on with these numbers" }, card)
        .addEventListener("click", function () { take(settingsOf(story)); });
      truth.focus({ preventScroll: true });
    }

    return { tell: tell };
  }

  return { build: build };
})(RECEIPTS_CONSTANTS, Receipts.plan, Receipts.controls, Receipts.charts, Receipts.curves);
