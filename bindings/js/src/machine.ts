import { type Exports, instantiate, type Shared } from "./exports.js";
import type { Receipt } from "./receipt.js";
import { Code, Refusal } from "./refusal.js";

/** One of the modules: its name, its functions besides those that both have, and what its receipts are. */
export interface Kind<E extends Shared, R> {
  readonly name: string;
  readonly functions: readonly (keyof E & string)[];
  /** @throws SyntaxError, TypeError: it is no receipt. */
  readonly read: (json: string) => R;
}

/** Bytes in the memory of an instance; no bytes are at 0. */
export interface Lent {
  readonly at: number;
  readonly length: number;
}

/** What a verification found. */
export interface Outcome<R = Receipt> {
  /** One of `Code`; 0 for a valid proof. */
  readonly code: number;
  /** Why there is no receipt; empty where there is one. */
  readonly message: string;
  /** What was proven; null unless valid. */
  readonly receipt: R | null;
  /** The receipt as `zkpot verify --json` prints it; empty unless valid. */
  readonly json: string;
  /** Units of work, the same on all machines. */
  readonly work: bigint;
}

/** The receipt of an outcome. @throws Refusal where there is none. */
export function receiptOf<R>(outcome: Outcome<R>): R {
  if (outcome.receipt !== null) return outcome.receipt;
  throw new Refusal(outcome.code, outcome.message, outcome.work);
}

/** Bytes that one piece of a 32-bit memory can have. */
const LARGEST = 2 ** 31 - 1;

const DECODER = new TextDecoder();

/** One instance of a module, and what goes into its memory and comes out of it. */
export class Machine<E extends Shared = Exports, R = Receipt> {
  readonly exports: E;
  readonly #read: (json: string) => R;
  /** Whether it trapped: nothing in its memory can be relied on from then on. */
  dead = false;

  constructor(module: WebAssembly.Module, { name, functions, read }: Kind<E, R>) {
    this.exports = instantiate<E>(module, name, functions);
    this.#read = read;
  }

  /** Copies bytes in, shows them to `use`, and frees them. */
  lend<T>(bytes: Uint8Array, use: (lent: Lent) => T): T {
    const lent = this.reserve(bytes.length);
    this.#view(lent).set(bytes);
    return this.releasing(lent, () => use(lent));
  }

  /** Shows `use` zeroed words of 32 bits, and frees them. */
  words<T>(count: number, use: (words: Lent) => T): T {
    return this.lend(new Uint8Array(4 * count), use);
  }

  /** @throws Refusal with `Code.ARGUMENT`: there is not so much memory. */
  reserve(length: number): Lent {
    if (length === 0) return { at: 0, length };
    const at = length > LARGEST ? 0 : this.exports.zkpot_alloc(length) >>> 0;
    if (at !== 0) return { at, length };
    const why = `there is no memory for ${length} bytes; push long proofs through a session`;
    throw new Refusal(Code.ARGUMENT, why);
  }

  release(lent: Lent): void {
    if (lent.length !== 0) this.exports.zkpot_dealloc(lent.at, lent.length);
  }

  /** Calls `use` and frees, unless the instance traps: its allocator is not to be called then. */
  releasing<T>(lent: Lent, use: () => T): T {
    let result: T;
    try {
      result = use();
    } catch (error) {
      if (error instanceof Refusal) this.release(lent);
      throw error;
    }
    this.release(lent);
    return result;
  }

  setWord(words: Lent, index: number, value: number): void {
    this.#data(words).setUint32(4 * index, value, true);
  }

  word(words: Lent, index: number): number {
    return this.#data(words).getUint32(4 * index, true);
  }

  /** A copy of what is there. */
  copy(lent: Lent): Uint8Array {
    return this.#view(lent).slice();
  }

  /** A text that ends with a zero. */
  text(at: number): string {
    const memory = new Uint8Array(this.exports.memory.buffer);
    const start = at >>> 0;
    return DECODER.decode(memory.subarray(start, memory.indexOf(0, start)));
  }

  /** What a result says; frees it. */
  take(result: number): Outcome<R> {
    const { exports } = this;
    const code = exports.zkpot_result_code(result);
    const message = this.#decode(
      exports.zkpot_result_message(result),
      exports.zkpot_result_message_len(result),
    );
    const json = this.#decode(
      exports.zkpot_result_receipt(result),
      exports.zkpot_result_receipt_len(result),
    );
    const work = BigInt.asUintN(64, exports.zkpot_result_work(result));
    exports.zkpot_result_free(result);
    if (code !== Code.VALID) return { code, message, receipt: null, json: "", work };
    try {
      return { code, message, receipt: this.#read(json), json, work };
    } catch (error) {
      const why = `the verifier's receipt cannot be read: ${String(error)}`;
      return { code: Code.INTERNAL, message: why, receipt: null, json: "", work };
    }
  }

  #decode(at: number, length: number): string {
    return DECODER.decode(this.#view({ at: at >>> 0, length: length >>> 0 }));
  }

  /** Made anew each time: memory that grows leaves its old buffer behind. */
  #view(lent: Lent): Uint8Array {
    return new Uint8Array(this.exports.memory.buffer, lent.at, lent.length);
  }

  #data(lent: Lent): DataView {
    return new DataView(this.exports.memory.buffer, lent.at, lent.length);
  }
}
