import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, beforeEach } from "node:test";

import type { Page } from "playwright-core";

import { ROOT } from "../repository.js";
import { startChromium } from "./chromium.js";
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

/** The page that checks proofs, newly opened for each test of the file that imports this. */
export let page: Page;
/** Addresses that it asked for, and what went wrong in it: each test ends with none of the latter. */
export let asked: string[];
export let faults: string[];

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
  for (const address of asked) assert.ok(isOwn(address), address);
});

/** Nobody else is asked; the icon is empty, and receipts that are saved never leave. */
function isOwn(address: string): boolean {
  return address === "data:," || address.replace(/^blob:/, "").startsWith(`${server.origin}/`);
}

/** Takes what happened so far for what a test wanted to happen, as long as it is like this. */
export function wanted(fault: RegExp, elsewhere: string): void {
  for (const found of faults) assert.match(found, fault);
  faults = [];
  asked = asked.filter((address) => !address.startsWith(elsewhere));
}

/** Chooses a file and waits for what is found. */
export async function choose(path: string): Promise<string> {
  await page.setInputFiles("#file", path);
  return verdict();
}

/** Waits for what is found. */
export async function verdict(): Promise<string> {
  const title = page.locator("#result:not([hidden]) .verdict h2");
  await title.waitFor();
  return (await title.textContent()) ?? "";
}

/** A file with this content, for as long as the tests run. */
export function saved(name: string, ...content: readonly Uint8Array[]): string {
  const path = join(files, name);
  writeFileSync(path, Buffer.concat(content));
  return path;
}

/** Puts a worker into the page that finds this receipt in all files. */
export async function pretend(receipt: Plain): Promise<void> {
  await page.route("**/worker.js", (route) =>
    route.fulfill({ contentType: "text/javascript", body: standIn(receipt) }),
  );
  await page.reload();
}

/** What people read in the elements of a selector. */
export async function textOf(selector: string): Promise<string> {
  return (await page.locator(selector).allInnerTexts()).join("\n");
}

/** What does not fit the window's width. */
export function cutOff(): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
      .map((element) => element.tagName + element.className),
  );
}
