import type { Expectations } from "zkpot";

import { read, readJson, ROOT } from "./repository.js";

const FOLDER = "tests/golden/6/";

interface Run {
  readonly name: string;
  readonly after: string | null;
  readonly expectations: Expectations & { readonly init_seed?: string };
  readonly receipt: Readonly<Record<string, unknown>> & { readonly continuation: string };
}

/** A run that has to verify for ever. */
export interface Golden {
  readonly name: string;
  readonly path: string;
  readonly proof: Uint8Array<ArrayBuffer>;
  readonly expectations: Expectations;
  readonly receipt: Readonly<Record<string, unknown>>;
}

const { runs } = readJson<{ readonly runs: readonly Run[] }>(`${FOLDER}index.json`);

/** All of them. */
export const GOLDEN: readonly Golden[] = runs.map(({ name, after, expectations, receipt }) => {
  // The index has the names of Python's arguments.
  const { init_seed: seed, ...rest } = expectations;
  const previous = runs.find((run) => run.name === after)?.receipt.continuation;
  return {
    name,
    path: new URL(`${FOLDER}${name}.zkpot`, ROOT).pathname,
    proof: read(`${FOLDER}${name}.zkpot`),
    expectations: { ...rest, seed, previous },
    receipt,
  };
});

/** The one of this name. */
export function golden(name: string): Golden {
  const found = GOLDEN.find((run) => run.name === name);
  if (found === undefined) throw new Error(`no golden run is called ${name}`);
  return found;
}
