/* Judges the designs of a file by the page's script, for test_twin.py: twin.js SCRIPTS DATA DESIGNS. */
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const [scripts, data, designs] = process.argv.slice(2);
const context = vm.createContext({});
context.window = context;
for (const file of [data, path.join(scripts, "judge.js")]) {
  vm.runInContext(fs.readFileSync(file, "utf8"), context, { filename: file });
}
const { judge, data: known } = context.DesignBench;
const answers = JSON.parse(fs.readFileSync(designs, "utf8")).map((design) => {
  const verdicts = judge.judge(design, known);
  return {
    words: verdicts.map((it) => it.word),
    missing: verdicts.map((it) => it.missing),
    why: verdicts.map((it) => it.rules.map((rule) => rule.why)),
    next: judge.nextQuestion(verdicts, known),
  };
});
process.stdout.write(JSON.stringify(answers));
