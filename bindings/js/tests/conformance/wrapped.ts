import { type Circuit, Refusal, type Wrapped } from "zkpot";

import { edited, type Edit, readIndex, type Result, unlike } from "./suite.js";

/** A circuit file, a proof, and what every binding has to find. */
export interface WrappedCase {
  readonly name: string;
  /** Files of the repository, and how they are changed. */
  readonly circuit: string;
  readonly circuit_edits: readonly Edit[];
  readonly base: string;
  readonly edits: readonly Edit[];
  /** JSON, digit by digit as the index has it. */
  readonly expectations: string | undefined;
  readonly result: Result;
}

/** The cases of an index (`tests/conformance/wrapped/index.json`). */
export const readWrappedCases: (index: string) => readonly WrappedCase[] = readIndex<WrappedCase>;

/** What this package finds otherwise than the index, a line each; `read` gives a file of the repository. */
export async function wrappedDifferences(
  wrapped: Wrapped,
  cases: readonly WrappedCase[],
  read: (path: string) => Promise<Uint8Array>,
): Promise<string[]> {
  const bases = new Map<string, Uint8Array>();
  const base = async (path: string): Promise<Uint8Array> => {
    const found = bases.get(path) ?? (await read(path));
    bases.set(path, found);
    return found;
  };
  const found: string[] = [];
  for (const one of cases) {
    const file = edited(await base(one.circuit), one.circuit_edits);
    let circuit: Circuit;
    try {
      circuit = wrapped.circuit(file);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { code, message, work } = error;
      found.push(...unlike(one, "circuit", { code, message, receipt: null, json: "", work }));
      continue;
    }
    const valid = await base(one.base);
    const proof = edited(valid, one.edits);
    const taken = { proof: valid, expectations: { allow_test_srs: true } };
    const alone = circuit.check(proof, one.expectations);
    const claims = [taken, { proof, expectations: one.expectations }, taken];
    const [before, batched, after] = circuit.verifyBatch(claims);
    found.push(...unlike(one, "verify", alone), ...unlike(one, "verifyBatch", batched));
    if (one.circuit_edits.length === 0 && (before?.code !== 0 || after?.code !== 0)) {
      found.push(`${one.name}: valid proofs beside it are refused`);
    }
    circuit.free();
  }
  return found;
}
