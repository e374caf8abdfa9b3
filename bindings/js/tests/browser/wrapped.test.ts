import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { ROOT } from "../repository.js";
import { choose, cutOff, page, saved, textOf, verdict } from "./opened.js";

const GOLDEN = new URL("tests/golden/wrapped/", ROOT);
const path = (name: string): string => fileURLToPath(new URL(name, GOLDEN));
const CIRCUIT = path("digits.zkcirc");
const PROOFS = [path("0.zkwrap"), path("1.zkwrap")] as const;
const index = JSON.parse(readFileSync(new URL("index.json", GOLDEN), "utf8"));
const receipt = index.proofs[0].receipt;

/** Opens the form and accepts the circuit of the tests. */
async function acceptTests(): Promise<void> {
  await page.setInputFiles("#file", CIRCUIT);
  await page.locator("#status", { hasText: "Choose a wrapped proof" }).waitFor();
  await page.click("#expected summary");
  await page.check("#allow_test_srs");
}

test("a wrapped proof and its circuit show a receipt", async () => {
  await acceptTests();
  assert.equal(await choose(PROOFS[0]), "Valid, and anybody can forge it");
  assert.equal(await page.locator(".verdict.valid").count(), 0);
  const shown = await textOf("#result");
  for (const key of ["program", "first", "shard", "nonce", "circuit"])
    assert.ok(shown.includes(receipt[key]), key);
  assert.ok(shown.includes(receipt.context.slice(0, 200)));
  for (const key of ["statement", "states"]) {
    assert.ok(shown.includes(receipt.start[key]), key);
    assert.ok(shown.includes(receipt.end[key]), key);
  }
  const { trained, envelope } = receipt.links[0];
  for (const digest of [trained, envelope.ciphertext, envelope.key, index.digest])
    assert.ok(shown.includes(digest));
  assert.match(shown, /819 for 16 steps/);
  assert.match(shown, /after step 0 of the run to those after step 16/);
  assert.match(shown, /100\s*bits of security/);
  assert.match(shown, /setup is for tests/);
  assert.match(shown, /zero knowledge/);
  assert.match(shown, /0\.zkwrap, 4 kB · digits\.zkcirc, 7 kB/);
  assert.equal(await page.locator(".open li").count(), 8);
  assert.match((await page.locator("svg.chain desc").textContent()) ?? "", /1 link lead/);
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H2");
});

test("both files at once, in any order, and the circuit is kept", async () => {
  await acceptTests();
  for (const files of [
    [CIRCUIT, PROOFS[0]],
    [PROOFS[1], CIRCUIT],
  ]) {
    await page.setInputFiles("#file", files);
    assert.match(await verdict(), /^Valid/);
  }
  await page.setInputFiles("#file", PROOFS[0]);
  await page.locator(".verdict", { hasText: "0.zkwrap" }).waitFor();
});

test("a proof without its circuit waits for it", async () => {
  await page.setInputFiles("#file", PROOFS[0]);
  await page.locator("#status", { hasText: "Choose the file of its circuit" }).waitFor();
  assert.ok(await page.locator("#again").isDisabled());
  assert.ok(await page.locator("#result").isHidden());
  assert.equal(await choose(CIRCUIT), "Refused");
  assert.match(await textOf(".verdict"), /Code 35 \(forgeable\)/);
});

test("its fields come with it, and go with a run", async () => {
  await page.click("#expected summary");
  assert.ok(await page.locator("#data_root").isVisible());
  assert.ok(await page.locator("#circuit").isHidden());
  await page.setInputFiles("#file", CIRCUIT);
  await page.locator("#allow_test_srs").waitFor();
  for (const id of ["circuit", "shard", "start", "allow_test_srs"])
    assert.ok(await page.locator(`#${id}`).isVisible(), id);
  for (const id of ["data_root", "seed", "previous", "allow_clear"])
    assert.ok(await page.locator(`#${id}`).isHidden(), id);
  await choose(saved("other.zkpot", Buffer.from("no proof")));
  assert.ok(await page.locator("#data_root").isVisible());
});

test("what is expected is checked, and unchecked shrinks to nothing", async () => {
  await acceptTests();
  const fields = {
    circuit: index.digest,
    program: receipt.program,
    first: receipt.first,
    shard: receipt.shard,
    nonce: receipt.nonce,
    context: receipt.context,
    earlier_steps: "0",
    steps: "16",
    security: "100",
    scalars: "[[[819, 16]]]",
    start: JSON.stringify(receipt.start),
  };
  for (const [name, value] of Object.entries(fields)) await page.fill(`#${name}`, value);
  assert.match(await textOf("#given"), /^11 given, proofs that anybody can forge accepted$/);
  await choose(PROOFS[0]);
  assert.match(await textOf("#result"), /Nothing: everything that can be expected was/);
  assert.match(await textOf("#result"), /As you expected: .*circuit.*learning rates/);
  for (const [name, value] of [
    ["circuit", "00".repeat(32)],
    ["shard", receipt.first],
    ["scalars", "[[[820, 16]]]"],
    ["start", JSON.stringify({ ...receipt.start, steps: 1 })],
  ] as const) {
    const before = await page.inputValue(`#${name}`);
    await page.fill(`#${name}`, value);
    await page.click("#again");
    await page.locator(".verdict.refused").waitFor();
    assert.match(await textOf(".verdict"), /Code 26 \(expectation\)/, name);
    await page.fill(`#${name}`, before);
  }
});

test("the next proof goes on where this one ends", async () => {
  await acceptTests();
  await choose(PROOFS[0]);
  await page.getByRole("button", { name: "Expect the next proof to go on from here" }).click();
  assert.match(await choose(PROOFS[1]), /^Valid/);
  assert.match(await textOf("#result"), /As you expected: where the run stands before/);
  assert.match(await choose(PROOFS[0]), /Refused/);
});

test("what cannot be expected is no fault of the proof", async () => {
  await acceptTests();
  for (const [field, value] of [
    ["steps", "many"],
    ["scalars", '{"lr.0": [[819, 16]]}'],
    ["start", '{"steps": 1}'],
    ["shard", "12"],
  ] as const) {
    await page.fill(`#${field}`, value);
    assert.equal(await choose(PROOFS[0]), "Not verified", field);
    assert.match(await textOf(".verdict"), /Code 100 \(argument\)/);
    await page.fill(`#${field}`, "");
  }
});

test("damaged files are refused with a sentence and a code", async () => {
  await acceptTests();
  const proof = readFileSync(PROOFS[0]);
  const circuit = readFileSync(CIRCUIT);
  for (const at of [8, 300, 4000]) {
    const damaged = proof.map((byte, place) => (place === at ? byte ^ 1 : byte));
    assert.equal(await choose(saved("damaged.zkwrap", damaged)), "Refused", `${at}`);
    assert.match(await textOf(".verdict"), /Code \d\d \([a-z ]+\)/);
  }
  assert.equal(await choose(saved("long.zkwrap", proof, Buffer.alloc(2 << 20))), "Refused");
  assert.match(await textOf(".verdict"), /Code 12 \(limit\)/);
  assert.equal(await choose(saved("cut.zkcirc", circuit.subarray(0, 100))), "Refused");
  const other = circuit.map((byte, place) => (place === 1000 ? byte ^ 1 : byte));
  assert.equal(await choose(saved("other.zkcirc", other)), "Refused");
  assert.equal(await page.locator("svg.chain").count(), 0);
});

test("nothing of it is wider than a phone", async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await acceptTests();
  await choose(PROOFS[0]);
  assert.deepEqual(await cutOff(), []);
  assert.equal(await page.locator("svg.chain.upright").count(), 1);
});
