import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, beforeEach, test } from "node:test";

import type { Page } from "playwright-core";

import { golden } from "../golden.js";
import { ROOT } from "../repository.js";
import { bundle, sectionOf } from "./bundle.js";
import { startChromium } from "./chromium.js";
import { HOSTILE, hostileProgram, hostileReceipt } from "./hostile.js";
import { serveFolder } from "./server.js";
import { type Plain, standIn } from "./stand_in.js";

const browser = await startChromium();
const server = await serveFolder(new URL("docs/light-client/", ROOT));
const files = mkdtempSync(join(tmpdir(), "zkpot-page-"));
after(async () => {
  await browser.close();
  server.close();
  rmSync(files, { recursive: true });
});

let page: Page;
/** Addresses that the page asked for, and what went wrong in it. */
let asked: string[];
let faults: string[];

beforeEach(async () => {
  asked = [];
  faults = [];
  page = await browser.newPage();
  page.on("request", (request) => asked.push(request.url()));
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  page.on("dialog", (dialog) => {
    faults.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(`${server.origin}/`);
});

afterEach(async () => {
  await page.close();
  assert.deepEqual(faults, []);
  for (const address of asked) {
    assert.ok(/^(blob:)?http:\/\/127\.0\.0\.1/.test(address) || address === "data:,", address);
    assert.ok(address === "data:," || address.includes(server.origin), address);
  }
});

/** Chooses a file and waits for what is found. */
async function choose(path: string): Promise<string> {
  await page.setInputFiles("#file", path);
  const verdict = page.locator("#result:not([hidden]) .verdict h2");
  await verdict.waitFor();
  return (await verdict.textContent()) ?? "";
}

function saved(name: string, ...content: readonly Uint8Array[]): string {
  const path = join(files, name);
  writeFileSync(path, Buffer.concat(content));
  return path;
}

/** Puts a worker into the page that finds this receipt in all files. */
async function pretend(receipt: Plain): Promise<void> {
  await page.route("**/worker.js", (route) =>
    route.fulfill({ contentType: "text/javascript", body: standIn(receipt) }),
  );
  await page.reload();
}

async function textOf(selector: string): Promise<string> {
  return (await page.locator(selector).allInnerTexts()).join("\n");
}

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
  const wider = await page.evaluate(() =>
    [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
      .map((element) => element.tagName + element.className),
  );
  assert.deepEqual(wider, []);
  assert.equal(await page.locator("svg.chain.upright").count(), 1);
});

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
  assert.ok(
    faults.every((fault) => /Content Security Policy|Trusted/.test(fault)),
    faults.join("\n"),
  );
  faults = [];
  asked = asked.filter((address) => !address.startsWith(elsewhere.origin));
});
