import assert from "node:assert/strict";
import { test } from "node:test";

import { golden } from "../golden.js";
import { bundle, sectionOf } from "./bundle.js";
import { choose, page, saved } from "./opened.js";

/** Writes down which shares of the file the page shows as done. */
function watchProgress(): Promise<void> {
  return page.evaluate(() => {
    const seen: number[] = [];
    Object.assign(globalThis, { seen });
    const progress = document.getElementById("progress") as HTMLProgressElement;
    const value = Object.getOwnPropertyDescriptor(HTMLProgressElement.prototype, "value");
    Object.defineProperty(progress, "value", {
      set(share: number) {
        seen.push(share);
        value?.set?.call(progress, share);
      },
    });
  });
}

function progressSeen(): Promise<number[]> {
  return page.evaluate(() => (globalThis as unknown as { seen: number[] }).seen);
}

test("a large file is read in pieces", async () => {
  const { proof } = golden("hiding");
  const order = Buffer.concat([sectionOf(proof, "order"), Buffer.alloc(80 << 20, " ")]);
  const file = bundle({ order, program: 0, "link/000000": 0, "link/000001": 0 }, proof);
  await watchProgress();
  assert.equal(await choose(saved("large.zkpot", file)), "Valid");
  const seen = await progressSeen();
  assert.equal(seen.at(-1), 1);
  assert.ok(seen.length > 80, `${seen.length} pieces`);
  assert.deepEqual(
    seen,
    [...seen].sort((a, b) => a - b),
  );
});

test("a large file is refused where it first is wrong", async () => {
  const { proof } = golden("hiding");
  const wrong = Buffer.alloc(8 << 20);
  const rest = Buffer.alloc(60 << 20);
  const parts = { order: 0, program: 0, "link/000000": wrong, "link/000001": rest } as const;
  await watchProgress();
  assert.equal(await choose(saved("wrong.zkpot", bundle(parts, proof))), "Refused");
  const last = (await progressSeen()).at(-1) ?? 1;
  assert.ok(last > 0.1 && last < 0.2, `${last} of it was read`);
});

test("verification can be cancelled, and the page goes on", async () => {
  await page.route("**/zkpot.wasm", async (route) => {
    await new Promise((later) => setTimeout(later, 1000));
    await route.continue();
  });
  await page.setInputFiles("#file", golden("hiding").path);
  await page.click("#cancel");
  await page.locator("#status", { hasText: "Cancelled." }).waitFor();
  assert.equal(await choose(golden("hiding").path), "Valid");
});
