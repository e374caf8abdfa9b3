import assert from "node:assert/strict";
import { test } from "node:test";

import { golden } from "../golden.js";
import { bundle } from "./bundle.js";
import { choose, page, pretend, saved, textOf } from "./opened.js";

test("a valid proof shows its receipt", async () => {
  const { path, receipt } = golden("hiding");
  assert.equal(await choose(path), "Valid");
  const shown = await textOf("#result");
  for (const key of [
    "program",
    "first_commitment",
    "last_commitment",
    "head",
    "data_root",
    "nonce",
  ]) {
    assert.ok(shown.includes(String(receipt[key])), key);
  }
  assert.match(shown, /109\s*bits of soundness/);
  assert.match(shown, /zero knowledge/);
  assert.match(shown, /“training_step”/);
  assert.match(shown, /drawn from the public seed 5a5a/);
  assert.equal(await textOf("#status"), "The proof is valid.");
  assert.equal(
    await page.locator(".open li").count(),
    (receipt["unchecked"] as string[]).length + 4,
  );
  assert.match((await page.locator("svg.chain desc").textContent()) ?? "", /1 link/);
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Valid");
});

test("a dropped proof is verified", async () => {
  const { proof } = golden("hiding");
  const bytes = Buffer.from(proof).toString("base64");
  const transfer = await page.evaluateHandle(async (encoded) => {
    const decoded = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([decoded], "dropped.zkpot"));
    return transfer;
  }, bytes);
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
  await page.locator(".verdict.valid").waitFor();
  assert.match(await textOf(".verdict"), /dropped\.zkpot/);
});

test("what is expected is checked, and unchecked shrinks to nothing", async () => {
  const { path, receipt } = golden("hiding");
  await choose(path);
  await page.getByRole("button", { name: "Enter what you expect: Program" }).click();
  assert.equal(await page.evaluate(() => document.activeElement?.id), "program");
  const fields = {
    program: receipt["program"],
    first: receipt["first_commitment"],
    data_root: receipt["data_root"],
    nonce: receipt["nonce"],
    seed: "5a".repeat(32),
    steps: receipt["steps"],
    context: receipt["context"],
    scalars: JSON.stringify(receipt["scalars"]),
  };
  for (const [name, value] of Object.entries(fields)) await page.fill(`#${name}`, String(value));
  assert.equal(await textOf("#given"), "8 given");
  await page.click("#again");
  await page.locator(".verdict", { hasText: "Valid, as expected" }).waitFor();
  assert.match(await textOf("#result"), /As you expected: .*program.*learning rates/);
  await page.fill("#steps", "3");
  await page.click("#again");
  await page.locator(".verdict.refused").waitFor();
  assert.match(await textOf(".verdict"), /steps.*Code 26 \(expectation\)/s);
});

test("what cannot be expected is no fault of the proof", async () => {
  await page.click("#expected summary");
  for (const [field, value] of [
    ["steps", "many"],
    ["scalars", "0.1"],
    ["nonce", "12"],
  ] as const) {
    await page.click("button[type=reset]");
    await page.fill(`#${field}`, value);
    assert.equal(await choose(golden("hiding").path), "Not verified", field);
    assert.match(await textOf(".verdict"), /Code 100 \(argument\)/);
  }
});

test("a damaged proof is refused with a sentence and a code", async () => {
  const { proof } = golden("hiding");
  const damaged = proof.slice();
  damaged[1_000_000] = (damaged[1_000_000] ?? 0) ^ 1;
  assert.equal(await choose(saved("damaged.zkpot", damaged)), "Refused");
  assert.match(await textOf(".verdict"), /Code \d\d \([a-z ]+\)/);
  assert.equal(await page.locator("svg.chain").count(), 0);
  assert.equal(await choose(saved("nothing.zkpot")), "Refused");
  assert.equal(await choose(saved("page.zkpot", Buffer.from("<h1>not a proof</h1>"))), "Refused");
});

test("a clear run is shown only when it is accepted, and says that it hides nothing", async () => {
  const { path } = golden("clear");
  assert.equal(await choose(path), "Refused");
  assert.match(await textOf(".verdict"), /Code 23/);
  await page.click("#expected summary");
  await page.check("#allow_clear");
  await page.click("#again");
  await page.locator(".verdict.valid").waitFor();
  assert.match(await textOf("#result .warning"), /hide nothing/);
});

test("a proof of accuracy continues the run that it evaluates", async () => {
  assert.equal(await choose(golden("evaluation").path), "Refused");
  assert.match(await textOf(".verdict"), /Code 28/);
  await choose(golden("hiding").path);
  await page.getByRole("button", { name: "Expect the next proof to continue this run" }).click();
  assert.equal(await choose(golden("evaluation").path), "Valid");
  const totals = await textOf("#result .figures");
  assert.match(totals, /0 %\s*accuracy\s*0 of 8 answers right/);
  assert.match(totals, /1\.081\s*mean cross entropy/);
});

test("a long chain is drawn short", async () => {
  const receipt = golden("hiding").receipt;
  await pretend({
    ...receipt,
    links: 12,
    scalars: { "lr.0": Array.from({ length: 30 }, (_, index) => [index, 1]) },
  });
  assert.equal(await choose(saved("long.zkpot", bundle({}))), "Valid");
  const names = await page.locator("svg.chain .name").allTextContents();
  const links = ["link 1", "link 2", "link 3", "7 more links", "link 11"];
  const [first, ...rest] = ["first weights", "trained weights", "seal", "head", "dataset"];
  assert.deepEqual(names, [first, ...links, ...rest]);
  assert.match(await textOf("#result"), /and 10 more/);
});
