import assert from "node:assert/strict";
import { test } from "node:test";

import { golden } from "../golden.js";
import { choose, cutOff, page } from "./opened.js";

test("every field has a label and a hint, and can be reached by keyboard", async () => {
  await page.locator("#expected summary").focus();
  await page.keyboard.press("Enter");
  const unlabelled = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea")]
      .filter(({ labels, id }) => !labels?.length || id === "")
      .map(({ name }) => name),
  );
  assert.deepEqual(unlabelled, []);
  const hints = await page.evaluate(() =>
    [...document.querySelectorAll("[aria-describedby]")].map(
      (field) => document.getElementById(field.getAttribute("aria-describedby") ?? "") !== null,
    ),
  );
  assert.ok(hints.length > 12 && hints.every(Boolean));
  const reached = new Set<string>();
  for (let presses = 0; presses < 20; presses++) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement?.id ?? ""));
  }
  for (const id of ["program", "nonce", "no_context", "scalars", "previous", "allow_clear"]) {
    assert.ok(reached.has(id), id);
  }
});

test("nothing is wider than a phone", async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.evaluate(() => (document.querySelector("details")!.open = true));
  await choose(golden("hiding").path);
  assert.deepEqual(await cutOff(), []);
  assert.equal(await page.locator("svg.chain.upright").count(), 1);
});
