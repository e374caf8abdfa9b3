import { Circuit } from "./circuit.js";
import { Engine } from "./engine.js";
import { WRAPPED, type WrappedExports } from "./exports.js";
import { readWrappedReceipt, type WrappedReceipt } from "./wrapped_receipt.js";

/** A format, or a part of wrapped proofs, that has versions. */
export type WrappedFormat = "circuit" | "wrapped" | "statement" | "arithmetic";

/** A loaded zkpot-wrapped.wasm. */
export class Wrapped {
  readonly #engine: Engine<WrappedExports, WrappedReceipt>;

  /**
   * Instantiates a compiled module; `loadWrapped` does both.
   *
   * @throws Refusal with `Code.ARGUMENT`: it is not zkpot-wrapped.wasm.
   */
  constructor(module: WebAssembly.Module) {
    this.#engine = new Engine(module, {
      name: "zkpot-wrapped.wasm",
      functions: WRAPPED,
      read: readWrappedReceipt,
    });
  }

  /** Version of the verifier. */
  get version(): string {
    return this.#engine.run((machine) => machine.text(machine.exports.zkpot_version()));
  }

  /** The version of each format that it reads; files of others are refused with `Code.VERSION`. */
  get formats(): Readonly<Record<WrappedFormat, number>> {
    return this.#engine.run((machine) => {
      const version = (name: WrappedFormat): number =>
        machine.lend(new TextEncoder().encode(`${name}\0`), ({ at }) =>
          machine.exports.zkpot_format(at),
        );
      return {
        circuit: version("circuit"),
        wrapped: version("wrapped"),
        statement: version("statement"),
        arithmetic: version("arithmetic"),
      };
    });
  }

  /**
   * The verifier of a circuit's proofs, from its file (`*.zkcirc`), which decides which proofs are valid: compare its
   * `digest` with the one that you trust.
   *
   * @throws Refusal: it is no circuit file.
   */
  circuit(file: Uint8Array): Circuit {
    return new Circuit(this.#engine, file);
  }
}
