/* The page's state without its page: addresses, errors, and the command that asks the same.
   Run on Node by test_simulator.py, which takes the commands from its output. */
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const scripts = path.join(__dirname, "..", "..", "..", "docs", "assets", "simulator");
const context = vm.createContext({});
for (const name of ["constants.js", "queues.js", "asking.js", "stages.js", "writers.js", "plan.js", "controls.js"]) {
  vm.runInContext(fs.readFileSync(path.join(scripts, name), "utf8"), context, { filename: name });
}
const { defaults, presets } = context.RECEIPTS_CONSTANTS;
const { shown, settings, wrong, written, read, command } = context.Receipts.controls;
const plain = (value) => JSON.parse(JSON.stringify(value)); // of this realm, for deepEqual
const usual = shown(defaults);

// The address holds every setting.
const asked = {};
for (const [key, preset] of Object.entries(presets)) {
  const state = shown({ ...defaults, ...preset.settings });
  assert.deepEqual(plain(settings(read("#" + written(state)))), plain(settings(state)), key);
  assert.equal(wrong(state), null, key);
  const few = { ...state, receipts: 50 };
  asked[key] = { command: command(few), settings: settings(few) };
}
const fixed = { ...usual, yields: false, nights: true, receipts: 50 };
assert.deepEqual(plain(read("#" + written(fixed))), plain(fixed));
asked.fixed = { command: command(fixed), settings: settings(fixed) };

// Whatever an address says, it is read or passed over.
for (const nothing of ["", "#", "#=", "#receipts", "#receipts=", "#receipts=many", "#toString=1",
  "#__proto__=1", "#arrival=toString", "#arrival=%E0%A4%A", "#windows=1", "#rate=1e999"]) {
  assert.equal(read(nothing), null, nothing);
}
assert.equal(read("#arrival=%E0%A4%A&receipts=7").receipts, 7);

// What is wrong is named, with its valid range.
for (const [name, values, says] of [
  ["receipts", [0, -1, 2.5, NaN, 1e12], "receipts must be"],
  ["rate", [0, -3, NaN, Infinity], "rate must be 0.1 to 10,000 rows/s"],
  ["outage_hours", [-1, NaN, 1e9], "Link down for"],
  ["outage_begin", [-1, NaN], "Link fails after"],
]) {
  for (const value of values) {
    const said = wrong({ ...usual, [name]: value });
    assert.ok(said && said.startsWith(says), `${name} ${value}: ${said}`);
  }
}
console.log(JSON.stringify(asked));
