import type { Expectations, Limits } from "../expectations.js";
import { WASM } from "../load.js";
import { type Outcome, receiptOf } from "../machine.js";
import type { Receipt } from "../receipt.js";
import { Code, Refusal } from "../refusal.js";
import type { Claim } from "../verifier.js";
import type { Port, Question, Reply, Request } from "./messages.js";

/** How a worker is started. */
export interface WorkerOptions {
  /** zkpot.wasm: where it is, its bytes, or compiled; the package's own unless given. */
  readonly wasm?: URL | BufferSource | WebAssembly.Module;
  readonly limits?: Limits;
}

/** How a file is followed. */
export interface Following {
  /** Called with the bytes that were verified so far. */
  readonly progress?: (bytes: number) => void;
  /** Ends verification before the next piece of the file. */
  readonly signal?: AbortSignal;
}

interface Asked {
  readonly resolve: (outcomes: readonly Outcome[]) => void;
  readonly reject: (refusal: Refusal) => void;
  readonly progress: ((bytes: number) => void) | undefined;
}

/** A verifier in a thread of its own. */
export class VerifierWorker {
  readonly #port: Port<Request, Reply>;
  readonly #asked = new Map<number, Asked>();
  #numbers = 0;
  #failed: Refusal | null = null;

  constructor(port: Port<Request, Reply>) {
    this.#port = port;
    port.listen(
      (reply) => this.#hear(reply),
      (why) => this.#fail(new Refusal(Code.INTERNAL, `the worker stopped (${why})`)),
    );
  }

  /**
   * Loads zkpot.wasm there.
   *
   * @throws Refusal: it cannot be loaded, or a limit cannot be used.
   */
  async start({ wasm = WASM, limits }: WorkerOptions = {}): Promise<this> {
    const source = wasm instanceof URL ? wasm.href : wasm;
    const [failure] = await this.#ask({ kind: "start", wasm: source, limits }).outcomes;
    if (failure !== undefined) receiptOf(failure);
    return this;
  }

  /** As `Verifier.verify`. */
  async verify(proof: Uint8Array, expectations?: Expectations): Promise<Receipt> {
    return receiptOf(await this.check(proof, expectations));
  }

  /** As `Verifier.check`, but misuse is an outcome as well. */
  async check(proof: Uint8Array, expectations?: Expectations): Promise<Outcome> {
    return this.#one({ kind: "check", proof, expectations });
  }

  /** As `Verifier.verifyBatch`. */
  async verifyBatch(claims: readonly Claim[]): Promise<readonly Outcome[]> {
    const outcomes = await this.#ask({ kind: "batch", claims }).outcomes;
    if (outcomes.length !== claims.length && outcomes[0] !== undefined) receiptOf(outcomes[0]);
    return outcomes;
  }

  /**
   * Verifies a file piece by piece, in the memory of one link.
   *
   * @throws Refusal: it is refused; with `Code.ENDED` where it was cancelled.
   */
  async verifyFile(file: Blob, expectations?: Expectations, how?: Following): Promise<Receipt> {
    return receiptOf(await this.checkFile(file, expectations, how));
  }

  /** The same, with what was found as a value. */
  async checkFile(
    file: Blob,
    expectations?: Expectations,
    { progress, signal }: Following = {},
  ): Promise<Outcome> {
    const { number, outcomes } = this.#ask({ kind: "blob", blob: file, expectations }, progress);
    const cancel = () => void this.#ask({ kind: "cancel", question: number }).outcomes.catch(() => {});
    if (signal?.aborted) cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      return only(await outcomes);
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  /** Ends the worker, and everything that it is doing. */
  terminate(): void {
    this.#fail(new Refusal(Code.ENDED, "the worker was terminated"));
    this.#port.close();
  }

  async #one(question: Question): Promise<Outcome> {
    return only(await this.#ask(question).outcomes);
  }

  #ask(
    question: Question,
    progress?: (bytes: number) => void,
  ): { readonly number: number; readonly outcomes: Promise<readonly Outcome[]> } {
    const number = this.#numbers++;
    const outcomes = new Promise<readonly Outcome[]>((resolve, reject) => {
      if (this.#failed !== null) return reject(this.#failed);
      this.#asked.set(number, { resolve, reject, progress });
      this.#port.post({ ...question, number });
    });
    return { number, outcomes };
  }

  #hear(reply: Reply): void {
    const asked = this.#asked.get(reply.number);
    if (reply.kind === "progress") return asked?.progress?.(reply.bytes);
    this.#asked.delete(reply.number);
    asked?.resolve(reply.outcomes);
  }

  #fail(refusal: Refusal): void {
    this.#failed ??= refusal;
    for (const { reject } of this.#asked.values()) reject(refusal);
    this.#asked.clear();
  }
}

function only(outcomes: readonly Outcome[]): Outcome {
  if (outcomes[0] !== undefined) return outcomes[0];
  throw new Refusal(Code.INTERNAL, "the worker found nothing");
}
