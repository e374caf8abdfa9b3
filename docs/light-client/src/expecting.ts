import { Code, type Expectations, Refusal } from "zkpot";

import { OPEN } from "./wording.js";

const TEXTS = ["program", "first", "data_root", "nonce", "seed", "previous"] as const;

/**
 * What a person entered; fields that are empty expect nothing.
 *
 * @throws Refusal with `Code.ARGUMENT`: a field cannot be read. What is hexadecimal is the verifier's to judge.
 */
export function readExpectations(form: HTMLFormElement): Expectations {
  const entered = new FormData(form);
  const text = (name: string): string | undefined => {
    const value = String(entered.get(name) ?? "").trim();
    return value === "" ? undefined : value;
  };
  const number = (name: string): bigint | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    if (/^\d+$/.test(value)) return BigInt(value);
    throw unusable(name, "a whole number, such as 64");
  };
  const digests = Object.fromEntries(TEXTS.map((name) => [name, text(name)?.toLowerCase()]));
  return {
    ...digests,
    steps: number("steps"),
    earlier_steps: number("earlier_steps"),
    security: number("security"),
    context: entered.has("no_context") ? "" : text("context")?.toLowerCase(),
    scalars: readScalars(text("scalars")),
    allow_clear: entered.has("allow_clear") || undefined,
  };
}

/** What was entered, by the names of the page. */
export function namesOf(expectations: Expectations): string[] {
  const labels = new Map(
    [...OPEN.values()].map(({ field, label }) => [field, label.toLowerCase()]),
  );
  labels.set("previous", "the run before").set("security", "bits of soundness");
  return Object.entries(expectations)
    .filter(([name, value]) => value !== undefined && labels.has(name))
    .map(([name]) => labels.get(name) ?? name);
}

type Scalars = NonNullable<Expectations["scalars"]>;

function readScalars(text: string | undefined): Scalars | undefined {
  if (text === undefined) return undefined;
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    found = undefined;
  }
  if (isScalars(found)) return found;
  throw unusable("scalars", 'lists of values and steps, such as {"lr.0": [[102, 64]]}');
}

function isScalars(value: unknown): value is Scalars {
  const isRun = (run: unknown): boolean =>
    Array.isArray(run) && run.length === 2 && run.every((part) => Number.isSafeInteger(part));
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((runs) => Array.isArray(runs) && runs.every(isRun))
  );
}

function unusable(field: string, wanted: string): Refusal {
  const label = [...OPEN.values()].find((open) => open.field === field)?.label ?? field;
  return new Refusal(Code.ARGUMENT, `${label}: enter ${wanted}`);
}
