import { Engine } from "./engine.js";
import type { Limits } from "./expectations.js";
import { Verifier } from "./verifier.js";

/** A loaded zkpot.wasm. */
export class Zkpot {
  readonly #engine: Engine;

  /**
   * Instantiates a compiled module; `load` does both.
   *
   * @throws Refusal with `Code.ARGUMENT`: it is not zkpot.wasm.
   */
  constructor(module: WebAssembly.Module) {
    this.#engine = new Engine(module);
  }

  /** Version of the verifier. */
  get version(): string {
    return this.#engine.run((machine) => machine.text(machine.exports.zkpot_version()));
  }

  /** The versions of each format that it reads, as JSON. */
  get formats(): string {
    return this.#engine.run((machine) => machine.text(machine.exports.zkpot_formats()));
  }

  /**
   * A verifier; one serves any number of proofs.
   *
   * @throws Refusal with `Code.ARGUMENT`: a limit cannot be used.
   */
  verifier(limits?: Limits): Verifier {
    return new Verifier(this.#engine, limits);
  }
}
