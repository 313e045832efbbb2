/* Answers settings from the standard input by the page's scripts: their verdicts, the longest wait, and
   what is found where the agent follows the letter's advice. Run on Node by test_advice.py. */
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const scripts = path.join(__dirname, "..", "..", "..", "docs", "assets", "simulator");
const context = vm.createContext({});
for (const name of ["constants", "queues", "asking", "stages", "writers", "plan", "curves", "letter"]) {
  vm.runInContext(fs.readFileSync(path.join(scripts, `${name}.js`), "utf8"), context, { filename: name });
}
const { plan: planner, letter, asking } = context.Receipts;

const answers = JSON.parse(fs.readFileSync(0, "utf8")).map((settings) => {
  const { verdict, longest_write_wait: write, longest_read_wait: read } = planner.plan(settings);
  const agent = { ...settings, writer: "agent", yields: true };
  const advised = { ...agent, ...letter.advice(agent) };
  const found = asking.wrong(advised) ? [] : planner.plan(advised).verdict.map((one) => one.limit);
  return { verdict, longest: Math.max(write, read), advised: found };
});
console.log(JSON.stringify(answers));
