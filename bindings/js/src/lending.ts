import type { Shared } from "./exports.js";
import type { Lent, Machine } from "./machine.js";
import { Code, Refusal } from "./refusal.js";

/** @throws Refusal with `Code.ARGUMENT`: it is something else than bytes. */
export function bytesOf(proof: Uint8Array): Uint8Array {
  if (proof instanceof Uint8Array) return proof;
  throw new Refusal(
    Code.ARGUMENT,
    "a proof or circuit has to be a Uint8Array with the bytes of a file",
  );
}

/** Why a call returned nothing. */
export function refusalAt<E extends Shared, R>(machine: Machine<E, R>, result: Lent): Refusal {
  const pointer = machine.word(result, 0);
  if (pointer === 0) return new Refusal(Code.INTERNAL, "the verifier did not say why it failed");
  const { code, message, work } = machine.take(pointer);
  return new Refusal(code, message, work);
}

/** Copies several byte strings in, and shows `use` the table of their pointers and lengths. */
export function lendPairs<T, E extends Shared, R>(
  machine: Machine<E, R>,
  all: readonly Uint8Array[],
  use: (pairs: Lent) => T,
): T {
  const joined = new Uint8Array(all.reduce((length, bytes) => length + bytes.length, 0));
  const offsets = all.map(() => 0);
  let offset = 0;
  all.forEach((bytes, index) => {
    joined.set(bytes, offset);
    offsets[index] = offset;
    offset += bytes.length;
  });
  return machine.lend(joined, (lent) =>
    machine.words(2 * all.length, (pairs) => {
      all.forEach((bytes, index) => {
        const at = bytes.length === 0 ? 0 : lent.at + (offsets[index] ?? 0);
        machine.setWord(pairs, 2 * index, at);
        machine.setWord(pairs, 2 * index + 1, bytes.length);
      });
      return use(pairs);
    }),
  );
}
