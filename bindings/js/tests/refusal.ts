import assert from "node:assert/strict";

import { Refusal } from "zkpot";

/** The refusal that a call ends in. */
export function refusalOf(call: () => unknown): Refusal {
  try {
    call();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new assert.AssertionError({ message: "nothing was refused" });
}
