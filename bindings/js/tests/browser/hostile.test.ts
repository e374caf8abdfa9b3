import assert from "node:assert/strict";
import { test } from "node:test";

import { golden } from "../golden.js";
import { ROOT } from "../repository.js";
import { bundle } from "./bundle.js";
import { HOSTILE, hostileProgram, hostileReceipt } from "./hostile.js";
import { choose, page, pretend, saved, textOf, wanted } from "./opened.js";
import { serveFolder } from "./server.js";

test("hostile text in a receipt stays text", async () => {
  await pretend(hostileReceipt(golden("hiding").receipt));
  const file = saved("hostile.zkpot", bundle({ program: hostileProgram() }));
  await page.evaluate(() =>
    document.querySelectorAll("details").forEach((details) => (details.open = true)),
  );
  assert.equal(await choose(file), "Valid");
  await page.evaluate(() =>
    document.querySelectorAll("details").forEach((details) => (details.open = true)),
  );
  const shown = await page.locator("#result").innerText();
  // Program's name, state, scalar, output, context, origin, unchecked.
  assert.ok(shown.split(HOSTILE.markup).length > 7, shown);
  assert.ok(!shown.includes("\u202e") && shown.includes("\\u{202e}"));
  assert.equal(
    await page.locator("#result :is(img, script, iframe, a[href^=javascript])").count(),
    0,
  );
  assert.equal(await page.evaluate(() => "stolen" in globalThis), false);
});

test("hostile text in a refusal stays text", async () => {
  const order = JSON.stringify({ [HOSTILE.markup + HOSTILE.turned]: 1 });
  const program = golden("hiding").proof.subarray(0, 10);
  const file = saved(`${HOSTILE.file}.zkpot`, bundle({ order: Buffer.from(order), program }));
  assert.equal(await choose(file), "Refused");
  const shown = await textOf(".verdict");
  assert.ok(!shown.includes("\u202e"));
  assert.ok(shown.includes(HOSTILE.file));
  assert.equal(await page.locator("#result img").count(), 0);
  assert.equal(await page.evaluate(() => "stolen" in globalThis), false);
});

test("the page may load nothing from elsewhere, and run no text as code", async () => {
  const elsewhere = await serveFolder(new URL("docs/", ROOT));
  const blocked = await page.evaluate(async (address) => {
    const violations: string[] = [];
    addEventListener("securitypolicyviolation", (event) =>
      violations.push(event.effectiveDirective),
    );
    await fetch(address).catch(() => undefined);
    await new Promise((done) => {
      const image = new Image();
      image.onerror = image.onload = done;
      image.src = `${address}/image.png`;
    });
    const refused: string[] = [];
    const attempts = {
      html: (): void => void (document.body.innerHTML = "<b>x</b>"),
      eval: (): void => void globalThis.eval("1"),
      worker: (): void => void new Worker(`${address}/worker.js`),
    };
    for (const [name, attempt] of Object.entries(attempts)) {
      try {
        attempt();
      } catch {
        refused.push(name);
      }
    }
    return { violations, refused };
  }, elsewhere.origin);
  elsewhere.close();
  assert.deepEqual(elsewhere.asked, []);
  assert.ok(blocked.violations.includes("connect-src") && blocked.violations.includes("img-src"));
  assert.deepEqual(blocked.refused, ["html", "eval", "worker"]);
  // The browser tells of each.
  wanted(/Content Security Policy|Trusted/, elsewhere.origin);
});
