import type { Exports, Shared } from "./exports.js";
import { type Kind, Machine } from "./machine.js";
import type { Receipt } from "./receipt.js";
import { Code, Refusal } from "./refusal.js";

/** Runs one instance of a module, and a new one after a trap. */
export class Engine<E extends Shared = Exports, R = Receipt> {
  readonly #module: WebAssembly.Module;
  readonly #kind: Kind<E, R>;
  #machine: Machine<E, R>;

  /** @throws Refusal with `Code.ARGUMENT`: the module is of another kind. */
  constructor(module: WebAssembly.Module, kind: Kind<E, R>) {
    this.#module = module;
    this.#kind = kind;
    this.#machine = new Machine(module, kind);
  }

  /**
   * Calls `work` with the instance that lives.
   *
   * @throws Refusal: what `work` throws, or `Code.INTERNAL` where the instance trapped.
   */
  run<T>(work: (machine: Machine<E, R>) => T): T {
    if (this.#machine.dead) this.#machine = new Machine(this.#module, this.#kind);
    return this.runOn(this.#machine, work);
  }

  /** The same with an instance that holds something already; it has to live. */
  runOn<T>(machine: Machine<E, R>, work: (machine: Machine<E, R>) => T): T {
    try {
      return work(machine);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      // A trap, or memory that ended: its state is unknown.
      machine.dead = true;
      const why = `the verifier stopped and its instance is given up (${String(error)})`;
      throw new Refusal(Code.INTERNAL, `${why}; take the proof as refused`);
    }
  }
}
