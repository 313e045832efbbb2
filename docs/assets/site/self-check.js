/* The rubric to judge oneself by: three sums, kept apart; what was judged stays, where the browser lets it. */
"use strict";

const KEPT = "receipts-self-check";
const SUMS = { speed: "fast", promise: "keeps its promise", database: "protects the database" };

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) || {};
  } catch {
    return {}; // no storage here, or not ours
  }
}

function keep(marks) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(marks));
  } catch {
    // Then a reload begins anew.
  }
}

function selfCheck(rubric) {
  const criteria = [...rubric.querySelectorAll(".criterion")];
  const output = rubric.querySelector("output");
  const judged = (it) => it.querySelector("input:checked");

  function count() {
    const sums = Object.entries(SUMS).map(([goal, words]) => {
      const counted = criteria.filter((it) => it.dataset.goal === goal && judged(it)?.value !== "apart");
      const got = counted.reduce((sum, it) => sum + Number(judged(it)?.dataset.points || 0), 0);
      const most = counted.reduce((sum, it) => sum + Number(it.dataset.points), 0);
      return `<span data-goal="${goal}"><b>${got} of ${most}</b> ${words}</span>`;
    });
    const open = criteria.filter((it) => !judged(it)).length;
    output.innerHTML = sums.join("") + `<small>${open ? `${open} lines not judged yet` : "every line judged"}</small>`;
  }

  function show(criterion) {
    criterion.classList.toggle("judged", Boolean(judged(criterion)));
    const details = criterion.querySelector("details");
    if (!judged(criterion)) details.open = false;
  }

  const marks = kept();
  for (const it of criteria) {
    const name = it.querySelector("input").name;
    const input = [...it.querySelectorAll("input")].find((one) => one.value === marks[name]);
    if (input) input.checked = true;
    show(it);
  }
  rubric.addEventListener("change", (event) => {
    const criterion = event.target.closest(".criterion");
    if (!criterion) return;
    show(criterion);
    criterion.querySelector("details").open = true;
    keep(Object.fromEntries(criteria.filter(judged).map((it) => [judged(it).name, judged(it).value])));
    count();
  });
  rubric.querySelector("[data-print]").addEventListener("click", () => print());
  rubric.querySelector("[data-again]").addEventListener("click", () => {
    for (const it of criteria) {
      const input = judged(it);
      if (input) input.checked = false;
      show(it);
    }
    keep({});
    count();
    criteria[0].querySelector("input").focus();
  });
  rubric.classList.add("counts");
  count();
}

for (const rubric of document.querySelectorAll(".rubric")) selfCheck(rubric);
