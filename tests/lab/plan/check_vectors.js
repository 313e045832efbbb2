/* Checks the page's scripts against the Python model's vectors; test_simulator.py runs it on Node.
   Figures and curves are equal to the last bit; money, which Python counts in decimals, to 1e-12. */
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const scripts = path.join(__dirname, "..", "..", "..", "docs", "assets", "simulator");
const context = vm.createContext({});
for (const name of ["constants.js", "queues.js", "asking.js", "stages.js", "writers.js", "plan.js"]) {
  vm.runInContext(fs.readFileSync(path.join(scripts, name), "utf8"), context, { filename: name });
}
const { Receipts } = context;
const { cases, invalid: refused } = JSON.parse(fs.readFileSync(path.join(__dirname, "vectors.json"), "utf8"));
const TOLERANCE = 1e-12;

const wrong = [];
let checked = 0;
cases.forEach((one, index) => {
  const answer = Receipts.plan.plan(one.settings);
  const same = (what, got, wanted) => {
    checked += 1;
    if (JSON.stringify(got) !== JSON.stringify(wanted)) {
      wrong.push(`case ${index}, ${what}: ${JSON.stringify(got)}, and Python ${JSON.stringify(wanted)}`);
    }
  };
  const complaint = Receipts.asking.wrong(one.settings);
  same("validation", complaint, null);
  for (const [name, value] of Object.entries(one.figures)) { same(name, answer[name], value); }
  same("billed seconds", answer.billedSeconds, one.billedSeconds);
  for (const [name, usd] of Object.entries(one.usd)) {
    checked += 1;
    if (Math.abs(answer.usd[name] - usd) > TOLERANCE * Math.max(usd, 1e-300)) {
      wrong.push(`case ${index}, usd ${name}: ${answer.usd[name]}, and Python ${usd}`);
    }
  }
  same("step", answer.series.step, one.step);
  for (const [name, sampled] of Object.entries(one.series)) {
    const values = answer.series[name];
    same(`${name}, length`, values.length, sampled.length);
    same(`${name}, most`, values.reduce((a, b) => Math.max(a, b)), sampled.most);
    same(`${name}, values`, values.filter((_, i) => i % sampled.every === 0), sampled.values);
  }
  same("verdict", answer.verdict, one.verdict);
});

const [{ settings: good }] = cases.slice(4); // the defaults
for (const { changes, error } of refused) {
  checked += 1;
  const said = Receipts.asking.wrong({ ...good, ...changes });
  if (said !== error) { wrong.push(`${JSON.stringify(changes)}: "${said}", and Python "${error}"`); }
}
for (const name of Object.keys(context.RECEIPTS_CONSTANTS.parameters)) {
  for (const value of [NaN, Infinity, -Infinity, undefined, "many"]) {
    checked += 1;
    const said = Receipts.asking.wrong({ ...good, [name]: value });
    if (!said || !said.startsWith(`${name} must be`)) { wrong.push(`${name} ${value}: "${said}"`); }
  }
}

wrong.slice(0, 20).forEach((line) => console.error(line));
console.log(`${checked - wrong.length} of ${checked} values equal in ${cases.length} cases`);
process.exit(wrong.length ? 1 : 0);
