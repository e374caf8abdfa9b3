import { measure, type Times } from "./measure.js";

/** Measures in the page that this script is part of. */
async function run(): Promise<Times> {
  const [wasm, proof] = await Promise.all(
    ["/bindings/js/zkpot.wasm", "/proof"].map(async (path) => (await fetch(path)).arrayBuffer()),
  );
  if (wasm === undefined || proof === undefined) throw new Error("there is nothing to measure");
  return measure(wasm, new Uint8Array(proof));
}

Object.assign(globalThis, { run });
