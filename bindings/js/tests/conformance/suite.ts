import { type Outcome, type Verifier, type Zkpot } from "zkpot";

/** A change of a file: at this byte so many are removed, and these (hexadecimal) inserted. */
export interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

/** A proof, and what every binding has to find. */
export interface Case {
  readonly name: string;
  /** A file of the repository. */
  readonly base: string;
  readonly edits: readonly Edit[];
  /** JSON, digit by digit as the index has it. */
  readonly expectations: string | undefined;
  readonly limits: string | undefined;
  readonly result: Result;
}

/** What has to be found. */
export interface Result {
  readonly code: number;
  readonly message: string;
  readonly receipt: unknown;
  readonly work: string;
}

/** What is written where JSON.parse would round an integer. */
const EXACT = "exactly ";

/** The cases of an index (`tests/conformance/index.json`). */
export function readCases(index: string): readonly Case[] {
  return readIndex<Case>(index).map((found) => ({ ...found, limits: textOf(found.limits) }));
}

/** The cases of any index, with expectations and work as texts. */
export function readIndex<C extends { readonly expectations: unknown; readonly result: Result }>(
  index: string,
): readonly C[] {
  const marked = index.replace(/"(?:[^"\\]|\\.)*"|-?\d+/g, (token) =>
    token.length > 15 && !token.startsWith('"') ? `"${EXACT}${token}"` : token,
  );
  const { cases } = JSON.parse(marked) as { cases: C[] };
  return cases.map((found) => ({
    ...found,
    expectations: textOf(found.expectations),
    result: { ...found.result, work: textOf(found.result.work) ?? "" },
  }));
}

function textOf(value: unknown): string | undefined {
  return value === null || value === undefined ? undefined : spaced(value);
}

/** JSON with a space after each comma and colon, as the index was answered to: messages name columns. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    return `{${entries.map(([key, held]) => `${JSON.stringify(key)}: ${spaced(held)}`).join(", ")}}`;
  }
  const exact = typeof value === "string" && value.startsWith(EXACT);
  return exact ? value.slice(EXACT.length) : JSON.stringify(value);
}

/** What this package finds otherwise than the index, a line each; `read` gives a file of the repository. */
export async function differences(
  zkpot: Zkpot,
  cases: readonly Case[],
  read: (path: string) => Promise<Uint8Array>,
): Promise<string[]> {
  const verifiers = new Map<string | undefined, Verifier>();
  const bases = new Map<string, Uint8Array>();
  const found: string[] = [];
  for (const one of cases) {
    const base = bases.get(one.base) ?? (await read(one.base));
    bases.set(one.base, base);
    const verifier = verifiers.get(one.limits) ?? zkpot.verifier(one.limits);
    verifiers.set(one.limits, verifier);
    const proof = edited(base, one.edits);
    const whole = verifier.check(proof, one.expectations);
    const [batched] = verifier.verifyBatch([{ proof, expectations: one.expectations }]);
    found.push(...unlike(one, "verify", whole), ...unlike(one, "verifyBatch", batched));
  }
  for (const verifier of verifiers.values()) verifier.free();
  return found;
}

/** How an outcome differs from a case's result. */
export function unlike<R>(
  { name, result }: { readonly name: string; readonly result: Result },
  call: string,
  outcome: Outcome<R> | undefined,
): string[] {
  const receipt = outcome?.json ? canonical(JSON.parse(outcome.json)) : "null";
  const pairs: Record<string, [unknown, unknown]> = {
    code: [outcome?.code, result.code],
    message: [outcome?.message, result.message],
    receipt: [receipt, canonical(result.receipt)],
    work: [outcome?.work.toString(), result.work],
  };
  return Object.entries(pairs)
    .filter(([, [found, expected]]) => found !== expected)
    .map(([key, [found, expected]]) => `${name}: ${call}: ${key}: ${found}, and not ${expected}`);
}

/** Edits are in the order of their places, and places are those of the unchanged proof. */
export function edited(base: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { at, remove, insert } of edits) {
    parts.push(base.subarray(from, at), bytesOf(insert));
    from = at + remove;
  }
  parts.push(base.subarray(from));
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

function bytesOf(hexadecimal: string): Uint8Array {
  return Uint8Array.from(hexadecimal.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** JSON with keys in one order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, held: unknown) =>
    typeof held === "object" && held !== null && !Array.isArray(held)
      ? Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1)))
      : held,
  );
}
