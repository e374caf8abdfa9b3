import { Machine } from "./machine.js";
import { Code, Refusal } from "./refusal.js";

/** Runs one instance of zkpot.wasm, and a new one after a trap. */
export class Engine {
  readonly #module: WebAssembly.Module;
  #machine: Machine;

  /** @throws Refusal with `Code.ARGUMENT`: the module is not zkpot.wasm. */
  constructor(module: WebAssembly.Module) {
    this.#module = module;
    this.#machine = new Machine(module);
  }

  /**
   * Calls `work` with the instance that lives.
   *
   * @throws Refusal: what `work` throws, or `Code.INTERNAL` where the instance trapped.
   */
  run<T>(work: (machine: Machine) => T): T {
    if (this.#machine.dead) this.#machine = new Machine(this.#module);
    return this.runOn(this.#machine, work);
  }

  /** The same with an instance that holds something already; it has to live. */
  runOn<T>(machine: Machine, work: (machine: Machine) => T): T {
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
