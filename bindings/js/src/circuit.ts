import type { Engine } from "./engine.js";
import { encode, type WrappedExpectations } from "./expectations.js";
import type { WrappedExports } from "./exports.js";
import { bytesOf, lendPairs, refusalAt } from "./lending.js";
import { type Machine, type Outcome, receiptOf } from "./machine.js";
import { Code, Refusal } from "./refusal.js";
import type { WrappedReceipt } from "./wrapped_receipt.js";

/** A wrapped proof, and what it has to be about; expectations are an object everywhere, or its JSON. */
export interface WrappedClaim {
  readonly proof: Uint8Array;
  readonly expectations?: WrappedExpectations | string | undefined;
}

type WrappedMachine = Machine<WrappedExports, WrappedReceipt>;

/** Verifies wrapped proofs (`*.zkwrap`) of one circuit. Made by `Wrapped.circuit`. */
export class Circuit {
  /** keccak256 of the file, hexadecimal. */
  readonly digest: string;
  readonly #engine: Engine<WrappedExports, WrappedReceipt>;
  readonly #file: Uint8Array;
  #held: { readonly machine: WrappedMachine; readonly pointer: number } | null = null;
  #freed = false;

  /** @throws Refusal: the file is no circuit file. */
  constructor(engine: Engine<WrappedExports, WrappedReceipt>, file: Uint8Array) {
    this.#engine = engine;
    // An instance that comes later reads it, too.
    this.#file = bytesOf(file).slice();
    const digest = this.#run((machine, circuit) =>
      machine.words(8, (room) => {
        machine.exports.zkpot_circuit_digest(circuit, room.at);
        return machine.copy(room);
      }),
    );
    this.digest = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  /**
   * What a proof shows.
   *
   * @throws Refusal: it is refused, or an expectation cannot be used.
   */
  verify(proof: Uint8Array, expectations?: WrappedExpectations | string): WrappedReceipt {
    return receiptOf(this.check(proof, expectations));
  }

  /**
   * The same, with what was found as a value.
   *
   * @throws Refusal: of class `usage` where an argument is of another kind, of class `internal` after a trap.
   */
  check(proof: Uint8Array, expectations?: WrappedExpectations | string): Outcome<WrappedReceipt> {
    const terms = encode(expectations);
    return this.#run((machine, circuit) =>
      machine.lend(bytesOf(proof), (proof) =>
        machine.lend(terms, (terms) =>
          machine.take(
            machine.exports.zkpot_wrapped_verify(
              circuit,
              proof.at,
              proof.length,
              terms.at,
              terms.length,
            ),
          ),
        ),
      ),
    );
  }

  /**
   * Verifies several proofs with one pairing, and says what was found of each.
   *
   * @throws Refusal: as `check`; nothing is known of any proof then.
   */
  verifyBatch(claims: readonly WrappedClaim[]): Outcome<WrappedReceipt>[] {
    const proofs = claims.map((claim) => bytesOf(claim.proof));
    const terms = claims.map((claim) => encode(claim.expectations));
    const count = claims.length;
    return this.#run((machine, circuit) =>
      lendPairs(machine, proofs, (proofs) =>
        lendPairs(machine, terms, (terms) =>
          machine.words(count, (results) => {
            const { exports } = machine;
            exports.zkpot_wrapped_verify_batch(circuit, proofs.at, terms.at, count, results.at);
            return claims.map((_, index) => machine.take(machine.word(results, index)));
          }),
        ),
      ),
    );
  }

  /** Frees its memory. It verifies nothing after that. */
  free(): void {
    const held = this.#held;
    this.#held = null;
    this.#freed = true;
    if (held === null || held.machine.dead) return;
    this.#engine.runOn(held.machine, ({ exports }) => exports.zkpot_circuit_free(held.pointer));
  }

  #run<T>(work: (machine: WrappedMachine, circuit: number) => T): T {
    if (this.#freed) throw new Refusal(Code.ENDED, "the circuit was freed; make another one");
    return this.#engine.run((machine) => work(machine, this.#pointerIn(machine)));
  }

  /** An instance that comes after a trap knows nothing of this circuit. */
  #pointerIn(machine: WrappedMachine): number {
    if (this.#held?.machine === machine) return this.#held.pointer;
    const pointer = machine.lend(this.#file, (file) =>
      machine.words(1, (result) => {
        const made = machine.exports.zkpot_circuit_new(file.at, file.length, result.at);
        if (made === 0) throw refusalAt(machine, result);
        return made;
      }),
    );
    this.#held = { machine, pointer };
    return pointer;
  }
}
