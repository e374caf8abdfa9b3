/** What went wrong, as the C interface numbers it; numbers never change their meaning. */
export const Code = {
  VALID: 0,
  ENCODING: 10,
  VERSION: 11,
  LIMIT: 12,
  PROGRAM: 13,
  ORDER: 14,
  SHAPE: 15,
  MESSAGES: 16,
  LOOKUP: 17,
  PRODUCT: 18,
  RELATION: 19,
  MASKS: 20,
  OPENING: 21,
  PARAMETERS: 22,
  NOT_HIDING: 23,
  INSECURE: 24,
  CHAIN: 25,
  EXPECTATION: 26,
  ROWS_LEFT: 27,
  ORIGIN: 28,
  SPENT: 29,
  NOT_CLOSED: 30,
  CIRCUIT: 31,
  ANOTHER_CIRCUIT: 32,
  ELEMENT: 33,
  PAIRING: 34,
  FORGEABLE: 35,
  ARGUMENT: 100,
  ENDED: 101,
  INTERNAL: 110,
} as const;

/**
 * Whose fault it is: the proof's (`refused`), the caller's (`usage`: the proof was not looked at to
 * its end), or zkpot's (`internal`: treat the proof as refused).
 */
export type RefusalClass = "refused" | "usage" | "internal";

/** The class of a code that is not `Code.VALID`. */
export function classOf(code: number): RefusalClass {
  if (code >= 1 && code < 100) return "refused";
  return code >= 100 && code < 110 ? "usage" : "internal";
}

/** The name of a code in `Code`, in lower case with spaces; its number where this version has no name for it. */
export function nameOf(code: number): string {
  const found = Object.entries(Code).find(([, number]) => number === code);
  return found ? found[0].toLowerCase().replaceAll("_", " ") : String(code);
}

/** There is no receipt. The message is one sentence; of a refused proof it may quote what the proof says. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /** One of `Code`, or a later one. */
  readonly code: number;
  readonly class: RefusalClass;
  /** Units of work until then, the same on all machines. */
  readonly work: bigint;

  constructor(code: number, message: string, work = 0n) {
    super(message);
    this.code = code;
    this.class = classOf(code);
    this.work = work;
  }
}
