import { load, loadWrapped } from "zkpot";

import { differences, readCases } from "../conformance/suite.js";
import { readWrappedCases, wrappedDifferences } from "../conformance/wrapped.js";

/** Runs the suite in the page that this script is part of; paths are those of the repository. */
async function run(): Promise<{ readonly cases: number; readonly found: readonly string[] }> {
  const cases = readCases(await (await fetch("/tests/conformance/index.json")).text());
  const zkpot = await load(new URL("/bindings/js/zkpot.wasm", document.baseURI));
  return { cases: cases.length, found: await differences(zkpot, cases, read) };
}

/** The same for wrapped proofs. */
async function runWrapped(): Promise<{
  readonly cases: number;
  readonly found: readonly string[];
}> {
  const index = await (await fetch("/tests/conformance/wrapped/index.json")).text();
  const cases = readWrappedCases(index);
  const wrapped = await loadWrapped(new URL("/bindings/js/zkpot-wrapped.wasm", document.baseURI));
  return { cases: cases.length, found: await wrappedDifferences(wrapped, cases, read) };
}

async function read(path: string): Promise<Uint8Array> {
  const response = await fetch(`/${path}`);
  if (!response.ok) throw new Error(`${path}: status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

Object.assign(globalThis, { run, runWrapped });
