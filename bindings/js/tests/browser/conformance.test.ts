import assert from "node:assert/strict";
import { after, test } from "node:test";

import { build } from "esbuild";

import { ROOT } from "../repository.js";
import { startChromium } from "./chromium.js";
import { serveFolder } from "./server.js";

const script = await build({
  entryPoints: [new URL("bindings/js/build/tests/browser/conformance_page.js", ROOT).pathname],
  bundle: true,
  format: "esm",
  write: false,
});
const server = await serveFolder(ROOT, {
  "/conformance.html": '<!doctype html><script type="module" src="conformance.js"></script>',
  "/conformance.js": script.outputFiles[0]?.text ?? "",
});
const browser = await startChromium();
after(async () => {
  await browser.close();
  server.close();
});

interface Found {
  readonly cases: number;
  readonly found: string[];
}

for (const name of ["run", "runWrapped"] as const) {
  test(`Chromium finds what every binding has to find: ${name}`, async () => {
    const page = await browser.newPage();
    await page.goto(`${server.origin}/conformance.html`);
    await page.waitForFunction(() => "run" in globalThis);
    const { cases, found } = await page.evaluate(
      (name) => (globalThis as unknown as Record<string, () => Promise<Found>>)[name]!(),
      name,
    );
    assert.ok(cases >= 200, `${cases} cases`);
    assert.deepEqual(found, []);
  });
}
