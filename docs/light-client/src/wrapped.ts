import { Code, loadWrapped, type Outcome, Refusal, type Wrapped, type WrappedReceipt } from "zkpot";

import type { WrappedExpected } from "./expecting.js";

/** No circuit file and no wrapped proof may be larger (1 MiB). What is, is refused by the byte that is read too many. */
const MOST_BYTES = 1 << 20;

/** What a wrapped proof was found to be, and by which circuit. */
export interface WrappedOutcome extends Outcome<WrappedReceipt> {
  /** keccak256 of the circuit's file. */
  readonly circuit: string;
}

let module: Promise<Wrapped> | null = null;

/** Its verifier, which is loaded when it is wanted. It takes a few milliseconds, and no thread of its own. */
export function wrappedVerifier(): Promise<Wrapped> {
  const wasm = new URL("zkpot-wrapped.wasm", document.baseURI);
  module ??= loadWrapped(wasm).catch((error: unknown) => {
    module = null;
    throw error;
  });
  return module;
}

/** @throws Refusal: the circuit's file is none or another one, or an expectation cannot be used. */
export async function checkWrapped(
  files: { readonly proof: File; readonly circuit: File },
  expected: WrappedExpected,
): Promise<WrappedOutcome> {
  const verifier = await wrappedVerifier();
  const circuit = verifier.circuit(await bytesOf(files.circuit));
  try {
    const { digest } = circuit;
    if (expected.circuit !== undefined && expected.circuit !== digest) {
      const message = `circuit: expected ${expected.circuit}, the file has ${digest}`;
      throw new Refusal(Code.EXPECTATION, message);
    }
    const outcome = circuit.check(await bytesOf(files.proof), expected.proof);
    return { ...outcome, circuit: digest };
  } finally {
    circuit.free();
  }
}

async function bytesOf(file: Blob): Promise<Uint8Array> {
  return new Uint8Array(await file.slice(0, MOST_BYTES + 1).arrayBuffer());
}
