import type { Engine } from "./engine.js";
import { encode, type Expectations, type Limits } from "./expectations.js";
import { bytesOf, lendPairs, refusalAt } from "./lending.js";
import { type Machine, type Outcome, receiptOf } from "./machine.js";
import type { Receipt } from "./receipt.js";
import { Code, Refusal } from "./refusal.js";
import { Session } from "./session.js";

/** A proof, and what it has to be about; expectations are an object everywhere, or its JSON. */
export interface Claim {
  readonly proof: Uint8Array;
  readonly expectations?: Expectations | string | undefined;
}

/** Verifies bundles (`*.zkpot`) within limits, and keeps programs that it has checked. Made by `Zkpot.verifier`. */
export class Verifier {
  readonly #engine: Engine;
  readonly #limits: Uint8Array;
  readonly #sessions = new Set<Session>();
  #held: { readonly machine: Machine; readonly pointer: number } | null = null;
  #freed = false;

  /** @throws Refusal with `Code.ARGUMENT`: a limit cannot be used. */
  constructor(engine: Engine, limits?: Limits | string) {
    this.#engine = engine;
    this.#limits = encode(limits);
    this.#run(() => undefined);
  }

  /**
   * What a proof proves.
   *
   * @throws Refusal: it is refused, or an expectation cannot be used.
   */
  verify(proof: Uint8Array, expectations?: Expectations | string): Receipt {
    return receiptOf(this.check(proof, expectations));
  }

  /**
   * The same, with what was found as a value.
   *
   * @throws Refusal: of class `usage` where an argument is of another kind, of class `internal` after a trap.
   */
  check(proof: Uint8Array, expectations?: Expectations | string): Outcome {
    const terms = encode(expectations);
    return this.#run((machine, verifier) =>
      machine.lend(bytesOf(proof), (proof) =>
        machine.lend(terms, (terms) =>
          machine.take(
            machine.exports.zkpot_verify(verifier, proof.at, proof.length, terms.at, terms.length),
          ),
        ),
      ),
    );
  }

  /**
   * Verifies several proofs in one call, and says what was found of each.
   *
   * @throws Refusal: as `check`; nothing is known of any proof then.
   */
  verifyBatch(claims: readonly Claim[]): Outcome[] {
    const proofs = claims.map((claim) => bytesOf(claim.proof));
    const terms = claims.map((claim) => encode(claim.expectations));
    const count = claims.length;
    return this.#run((machine, verifier) =>
      lendPairs(machine, proofs, (proofs) =>
        lendPairs(machine, terms, (terms) =>
          machine.words(count, (results) => {
            const { exports } = machine;
            exports.zkpot_verify_batch(verifier, proofs.at, terms.at, count, results.at);
            return claims.map((_, index) => machine.take(machine.word(results, index)));
          }),
        ),
      ),
    );
  }

  /**
   * Verifies a proof that arrives in pieces; memory is that of one link.
   *
   * @throws Refusal: an expectation cannot be used.
   */
  session(expectations?: Expectations | string): Session {
    const terms = encode(expectations);
    return this.#run((machine, verifier) =>
      machine.lend(terms, (terms) =>
        machine.words(1, (result) => {
          const { exports } = machine;
          const made = exports.zkpot_session_new(verifier, terms.at, terms.length, result.at);
          if (made === 0) throw refusalAt(machine, result);
          const session = new Session(this.#engine, machine, made, (ended) => {
            this.#sessions.delete(ended);
          });
          this.#sessions.add(session);
          return session;
        }),
      ),
    );
  }

  /** Frees its memory, and ends its sessions. It verifies nothing after that. */
  free(): void {
    for (const session of [...this.#sessions]) session.cancel();
    const held = this.#held;
    this.#held = null;
    this.#freed = true;
    if (held === null || held.machine.dead) return;
    this.#engine.runOn(held.machine, ({ exports }) => exports.zkpot_verifier_free(held.pointer));
  }

  #run<T>(work: (machine: Machine, verifier: number) => T): T {
    if (this.#freed) throw new Refusal(Code.ENDED, "the verifier was freed; make another one");
    return this.#engine.run((machine) => work(machine, this.#pointerIn(machine)));
  }

  /** An instance that comes after a trap knows nothing of this verifier. */
  #pointerIn(machine: Machine): number {
    if (this.#held?.machine === machine) return this.#held.pointer;
    const pointer = machine.lend(this.#limits, (limits) =>
      machine.words(1, (result) => {
        const { exports } = machine;
        const made = exports.zkpot_verifier_new(limits.at, limits.length, result.at);
        if (made === 0) throw refusalAt(machine, result);
        return made;
      }),
    );
    this.#held = { machine, pointer };
    return pointer;
  }
}
