import { load } from "zkpot";

import { differences, readCases } from "../conformance/suite.js";

/** Runs the suite in the page that this script is part of; paths are those of the repository. */
async function run(): Promise<{ readonly cases: number; readonly found: readonly string[] }> {
  const cases = readCases(await (await fetch("/tests/conformance/index.json")).text());
  const zkpot = await load(new URL("/bindings/js/zkpot.wasm", document.baseURI));
  const read = async (path: string): Promise<Uint8Array> => {
    const response = await fetch(`/${path}`);
    if (!response.ok) throw new Error(`${path}: status ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  };
  return { cases: cases.length, found: await differences(zkpot, cases, read) };
}

Object.assign(globalThis, { run });
