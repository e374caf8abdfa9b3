import type { Engine } from "./engine.js";
import { type Machine, type Outcome, receiptOf } from "./machine.js";
import type { Receipt } from "./receipt.js";
import { Code, Refusal } from "./refusal.js";

/** One proof that arrives in pieces; the verifier keeps one link of it. Made by `Verifier.session`. */
export class Session {
  readonly #engine: Engine;
  readonly #machine: Machine;
  readonly #ended: (session: Session) => void;
  #pointer: number;
  #outcome: Outcome | null = null;

  constructor(
    engine: Engine,
    machine: Machine,
    pointer: number,
    ended: (session: Session) => void,
  ) {
    this.#engine = engine;
    this.#machine = machine;
    this.#pointer = pointer;
    this.#ended = ended;
  }

  /** Whether it takes more bytes. */
  get open(): boolean {
    return this.#pointer !== 0 && !this.#machine.dead;
  }

  /** What was found; null until the proof was refused or finished. */
  get outcome(): Outcome | null {
    return this.#outcome;
  }

  /**
   * The next bytes of the bundle, any number of them.
   *
   * @throws Refusal: the proof is refused, and the session has ended.
   */
  push(bytes: Uint8Array): void {
    this.#run((machine, pointer) => {
      const result = machine.lend(bytes, (lent) =>
        machine.exports.zkpot_session_push(pointer, lent.at, lent.length),
      );
      if (result === 0) return;
      this.#end(machine.take(result));
      throw new Refusal(Code.INTERNAL, "the verifier accepted a proof before its end");
    });
  }

  /**
   * Says that there are no more bytes, and ends the session.
   *
   * @throws Refusal: the proof is refused.
   */
  finish(): Receipt {
    return this.#run((machine, pointer) =>
      this.#end(machine.take(machine.exports.zkpot_session_finish(pointer))),
    );
  }

  /** Ends the session and frees what it holds; nothing happens where it has ended. */
  cancel(): void {
    const pointer = this.#pointer;
    this.#pointer = 0;
    if (pointer === 0) return;
    this.#ended(this);
    if (this.#machine.dead) return;
    this.#engine.runOn(this.#machine, (machine) => machine.exports.zkpot_session_free(pointer));
  }

  #end(outcome: Outcome): Receipt {
    this.#outcome = outcome;
    this.cancel();
    return receiptOf(outcome);
  }

  #run<T>(work: (machine: Machine, pointer: number) => T): T {
    if (!this.open) throw new Refusal(Code.ENDED, "the session has ended; open one for each proof");
    return this.#engine.runOn(this.#machine, (machine) => work(machine, this.#pointer));
  }
}
