import type { Parsed } from "./json.js";

/** The object that a parsed value has to be; these throw TypeError where it is another. */
export function record(value: Parsed | undefined): Record<string, Parsed> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw unlike("an object");
  return value;
}

/** A map, since a program may name a scalar `__proto__`. */
export function named<T>(
  value: Parsed | undefined,
  read: (held: Parsed) => T,
): ReadonlyMap<string, T> {
  return new Map(Object.entries(record(value)).map(([name, held]) => [name, read(held)]));
}

export function list(value: Parsed | undefined): Parsed[] {
  if (!Array.isArray(value)) throw unlike("a list");
  return value;
}

export function text(value: Parsed | undefined): string {
  if (typeof value !== "string") throw unlike("a text");
  return value;
}

export function truth(value: Parsed | undefined): boolean {
  if (typeof value !== "boolean") throw unlike("true or false");
  return value;
}

export function integer(value: Parsed | undefined): bigint {
  const digits = text(value);
  if (!/^-?\d+$/.test(digits)) throw unlike("an integer");
  return BigInt(digits);
}

export function count(value: Parsed | undefined): number {
  const number = Number(integer(value));
  if (!Number.isSafeInteger(number)) throw unlike("a count");
  return number;
}

function unlike(kind: string): TypeError {
  return new TypeError(`a receipt has ${kind} in this place`);
}
