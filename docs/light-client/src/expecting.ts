import { Code, type Expectations, Refusal, type Standing, type WrappedExpectations } from "zkpot";

import { OPEN, OPEN_WRAPPED } from "./wording.js";

const SHARED = ["program", "first", "nonce"] as const;

/**
 * What a person entered; fields that are empty expect nothing.
 *
 * @throws Refusal with `Code.ARGUMENT`: a field cannot be read. What is hexadecimal is the verifier's to judge.
 */
export function readExpectations(form: HTMLFormElement): Expectations {
  const entered = new Entered(form);
  return {
    ...entered.digests(...SHARED, "data_root", "seed", "previous"),
    ...entered.numbers(),
    context: entered.context(),
    scalars: entered.json("scalars", isScalars, 'such as {"lr.0": [[102, 64]]}'),
    allow_clear: entered.checked("allow_clear"),
  };
}

/** What a person expects of a wrapped proof, and of the file that decides which ones are valid. */
export interface WrappedExpected {
  /** keccak256 of the circuit's file. */
  readonly circuit: string | undefined;
  readonly proof: WrappedExpectations;
}

/**
 * The same for a wrapped proof.
 *
 * @throws Refusal with `Code.ARGUMENT`: a field cannot be read.
 */
export function readWrappedExpectations(form: HTMLFormElement): WrappedExpected {
  const entered = new Entered(form);
  const { circuit } = entered.digests("circuit");
  return {
    circuit,
    proof: {
      ...entered.digests(...SHARED, "shard"),
      ...entered.numbers(),
      context: entered.context(),
      scalars: entered.json("scalars", isLists, "such as [[[819, 16]]]"),
      start: entered.json("start", isStanding, 'with "statement", "states" and "steps"'),
      allow_test_srs: entered.checked("allow_test_srs"),
    },
  };
}

/** What was entered for a run, by the names of the page. */
export function namesOf(expectations: Expectations): string[] {
  const labels = new Map(
    [...OPEN.values()].map(({ field, label }) => [field, label.toLowerCase()]),
  );
  labels.set("previous", "the run before").set("security", "bits of soundness");
  return named(expectations, labels);
}

/** What was entered for a wrapped proof. */
export function namesOfWrapped({ circuit, proof }: WrappedExpected): string[] {
  const labels = new Map(OPEN_WRAPPED.map(({ field, label }) => [field, label.toLowerCase()]));
  labels.set("program", "program").set("steps", "training steps");
  labels.set("security", "bits of soundness");
  return named({ circuit, ...proof }, labels);
}

function named(expectations: object, labels: ReadonlyMap<string, string>): string[] {
  return Object.entries(expectations)
    .filter(([name, value]) => value !== undefined && labels.has(name))
    .map(([name]) => labels.get(name) ?? name);
}

/** The fields of the form. */
class Entered {
  readonly #entered: FormData;

  constructor(form: HTMLFormElement) {
    this.#entered = new FormData(form);
  }

  text(name: string): string | undefined {
    const value = String(this.#entered.get(name) ?? "").trim();
    return value === "" ? undefined : value;
  }

  digests<N extends string>(...names: readonly N[]): Partial<Record<N, string>> {
    const digests = names.map((name) => [name, this.text(name)?.toLowerCase()]);
    return Object.fromEntries(digests) as Partial<Record<N, string>>;
  }

  /** Those that both kinds of proofs have. */
  numbers(): Record<"steps" | "earlier_steps" | "security", bigint | undefined> {
    const number = (name: string): bigint | undefined => {
      const value = this.text(name);
      if (value === undefined) return undefined;
      if (/^\d+$/.test(value)) return BigInt(value);
      throw unusable(name, "a whole number, such as 64");
    };
    return {
      steps: number("steps"),
      earlier_steps: number("earlier_steps"),
      security: number("security"),
    };
  }

  context(): string | undefined {
    return this.#entered.has("no_context") ? "" : this.text("context")?.toLowerCase();
  }

  checked(name: string): true | undefined {
    return this.#entered.has(name) || undefined;
  }

  json<T>(name: string, is: (value: unknown) => value is T, wanted: string): T | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    let found: unknown;
    try {
      found = JSON.parse(value);
    } catch {
      found = undefined;
    }
    if (is(found)) return found;
    throw unusable(name, `JSON ${wanted}`);
  }
}

type Scalars = NonNullable<Expectations["scalars"]>;
type Lists = NonNullable<WrappedExpectations["scalars"]>;

function isRuns(value: unknown): boolean {
  const isRun = (run: unknown): boolean =>
    Array.isArray(run) && run.length === 2 && run.every((part) => Number.isSafeInteger(part));
  return Array.isArray(value) && value.every(isRun);
}

function isScalars(value: unknown): value is Scalars {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every(isRuns)
  );
}

function isLists(value: unknown): value is Lists {
  return Array.isArray(value) && value.every(isRuns);
}

function isStanding(value: unknown): value is Standing {
  if (typeof value !== "object" || value === null) return false;
  const { statement, states, steps } = value as Partial<Record<string, unknown>>;
  return typeof statement === "string" && typeof states === "string" && Number.isSafeInteger(steps);
}

function unusable(field: string, wanted: string): Refusal {
  const all = [...OPEN.values(), ...OPEN_WRAPPED];
  const label = all.find((open) => open.field === field)?.label ?? field;
  return new Refusal(Code.ARGUMENT, `${label}: enter ${wanted}`);
}
