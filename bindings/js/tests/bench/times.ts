import { readFileSync } from "node:fs";

import { build } from "esbuild";

import { startChromium } from "../browser/chromium.js";
import { serveFolder } from "../browser/server.js";
import { ROOT } from "../repository.js";
import { measure, type Times } from "./measure.js";

/** Measures verification of a proof in node and in a headless Chromium, and prints a table in milliseconds. */
async function main(path: string | undefined): Promise<void> {
  if (path === undefined) throw new Error("which proof? npm run bench -- run.zkpot");
  const wasm = readFileSync(new URL("bindings/js/zkpot.wasm", ROOT));
  const rows: [string, Times][] = [
    [`node ${process.versions.node}`, await measure(wasm, readFileSync(path))],
    ...(await inChromium(path)),
  ];
  const keys = ["load", "first", "median", "least", "stream"] as const;
  console.log(["", ...keys].join("\t"));
  for (const [name, times] of rows) {
    console.log([name, ...keys.map((key) => times[key].toFixed(1))].join("\t"));
  }
}

async function inChromium(path: string): Promise<[string, Times][]> {
  const script = await build({
    entryPoints: [new URL("bindings/js/build/tests/bench/page.js", ROOT).pathname],
    bundle: true,
    format: "esm",
    write: false,
  });
  const code = script.outputFiles[0]?.text ?? "";
  const server = await serveFolder(ROOT, {
    "/bench.html": '<!doctype html><script type="module" src="bench.js"></script>',
    "/bench.js": code,
  });
  const browser = await startChromium();
  try {
    const page = await browser.newPage();
    await page.route("**/proof", async (route) => route.fulfill({ body: readFileSync(path) }));
    await page.goto(`${server.origin}/bench.html`);
    await page.waitForFunction(() => "run" in globalThis);
    const run = (): Promise<Times> => (globalThis as unknown as { run(): Promise<Times> }).run();
    return [[`Chromium ${browser.version()}`, await page.evaluate(run)]];
  } finally {
    await browser.close();
    server.close();
  }
}

await main(process.argv[2]);
