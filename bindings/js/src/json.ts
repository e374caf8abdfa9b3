import { Code, Refusal } from "./refusal.js";

/** An integer; one beyond 2^53 has to be a bigint. */
export type Integer = number | bigint;

/** A value that JSON can say, of which numbers are integers. */
export type Json =
  | string
  | boolean
  | null
  | Integer
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/**
 * The JSON of a value, integers digit by digit. Keys whose value is undefined are left out.
 *
 * @throws Refusal with `Code.ARGUMENT`: a number is not exactly an integer, or a value is of no kind that JSON has.
 */
export function write(value: Json, name = "value"): string {
  switch (typeof value) {
    case "bigint":
      return value.toString();
    case "number":
      if (Number.isSafeInteger(value)) return value.toString();
      throw new Refusal(
        Code.ARGUMENT,
        `${name}: ${value} is not exactly an integer; give a bigint`,
      );
    case "string":
    case "boolean":
      return JSON.stringify(value);
    case "object":
      break;
    default:
      throw new Refusal(Code.ARGUMENT, `${name}: a ${typeof value} has no place in JSON`);
  }
  if (value === null) return "null";
  if (isList(value)) return `[${value.map((element) => write(element, name)).join()}]`;
  const entries = Object.entries(value).filter(
    (entry): entry is [string, Json] => entry[1] !== undefined,
  );
  return `{${entries.map(([key, held]) => `${JSON.stringify(key)}:${write(held, key)}`).join()}}`;
}

/** JSON's values, with numbers as their digits: parsing them as numbers would round 64-bit integers. */
export type Parsed = string | boolean | null | Parsed[] | { [key: string]: Parsed };

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/**
 * The value of a JSON text, with every number as the string of its digits.
 *
 * @throws SyntaxError
 */
export function parse(text: string): Parsed {
  const quoted = text.replace(STRING_OR_NUMBER, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  );
  return JSON.parse(quoted) as Parsed;
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}
