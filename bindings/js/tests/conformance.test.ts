import assert from "node:assert/strict";
import { test } from "node:test";

import { load, loadWrapped } from "zkpot";

import { differences, readCases } from "./conformance/suite.js";
import { readWrappedCases, wrappedDifferences } from "./conformance/wrapped.js";
import { read } from "./repository.js";

test("node finds what every binding has to find", async () => {
  const cases = readCases(new TextDecoder().decode(read("tests/conformance/index.json")));
  assert.ok(cases.length >= 200, `${cases.length} cases`);
  assert.deepEqual(await differences(await load(), cases, async (path) => read(path)), []);
});

test("node finds what every binding has to find of wrapped proofs", async () => {
  const cases = readWrappedCases(
    new TextDecoder().decode(read("tests/conformance/wrapped/index.json")),
  );
  assert.ok(cases.length >= 200, `${cases.length} cases`);
  const found = await wrappedDifferences(await loadWrapped(), cases, async (path) => read(path));
  assert.deepEqual(found, []);
});
