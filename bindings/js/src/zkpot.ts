import { Engine } from "./engine.js";
import type { Limits } from "./expectations.js";
import { RUNS } from "./exports.js";
import { readReceipt } from "./receipt.js";
import { Verifier } from "./verifier.js";

/** A format, or a part of proofs, that has versions. */
export type Format = "bundle" | "program" | "link" | "continuation" | "statement" | "arithmetic";

/** A loaded zkpot.wasm. */
export class Zkpot {
  readonly #engine: Engine;

  /**
   * Instantiates a compiled module; `load` does both.
   *
   * @throws Refusal with `Code.ARGUMENT`: it is not zkpot.wasm.
   */
  constructor(module: WebAssembly.Module) {
    this.#engine = new Engine(module, {
      name: "zkpot.wasm",
      functions: RUNS,
      read: readReceipt,
    });
  }

  /** Version of the verifier. */
  get version(): string {
    return this.#engine.run((machine) => machine.text(machine.exports.zkpot_version()));
  }

  /** The version of each format that it reads; proofs of others are refused with `Code.VERSION`. */
  get formats(): Readonly<Record<Format, number>> {
    return this.#engine.run((machine) => {
      const version = (name: Format): number =>
        machine.lend(new TextEncoder().encode(`${name}\0`), ({ at }) =>
          machine.exports.zkpot_format(at),
        );
      return {
        bundle: version("bundle"),
        program: version("program"),
        link: version("link"),
        continuation: version("continuation"),
        statement: version("statement"),
        arithmetic: version("arithmetic"),
      };
    });
  }

  /**
   * A verifier; one serves any number of proofs.
   *
   * @throws Refusal with `Code.ARGUMENT`: a limit cannot be used.
   */
  verifier(limits?: Limits | string): Verifier {
    return new Verifier(this.#engine, limits);
  }
}
