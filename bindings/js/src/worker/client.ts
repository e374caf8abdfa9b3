import type { Expectations, Limits } from "../expectations.js";
import { WASM } from "../load.js";
import { type Outcome, receiptOf } from "../machine.js";
import type { Receipt } from "../receipt.js";
import { Code, Refusal } from "../refusal.js";
import type { Claim } from "../verifier.js";
import type { Port, Question, Reply, Request } from "./messages.js";
import { type Pieces, piecesOf } from "./pieces.js";

/** How a worker is started. */
export interface WorkerOptions {
  /** zkpot.wasm: where it is, its bytes, or compiled; the package's own unless given. */
  readonly wasm?: URL | BufferSource | WebAssembly.Module;
  readonly limits?: Limits | string;
}

/** How a proof that arrives in pieces is followed. */
export interface Following {
  /** Called after each piece, with the bytes that were verified so far. */
  readonly progress?: (bytes: number) => void;
  /** Ends verification before the next piece. */
  readonly signal?: AbortSignal;
}

interface Asked {
  readonly resolve: (outcomes: readonly Outcome[]) => void;
  readonly reject: (refusal: Refusal) => void;
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
      ({ number, outcomes }) => {
        this.#asked.get(number)?.resolve(outcomes);
        this.#asked.delete(number);
      },
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
    this.#done(await this.#ask({ kind: "start", wasm: source, limits }));
    return this;
  }

  /** As `Verifier.verify`. */
  async verify(proof: Uint8Array, expectations?: Expectations | string): Promise<Receipt> {
    return receiptOf(await this.check(proof, expectations));
  }

  /** As `Verifier.check`, but an expectation that cannot be used is an outcome, too. */
  async check(proof: Uint8Array, expectations?: Expectations | string): Promise<Outcome> {
    return only(await this.#ask({ kind: "check", claim: { proof, expectations } }));
  }

  /** As `Verifier.verifyBatch`. */
  async verifyBatch(claims: readonly Claim[]): Promise<readonly Outcome[]> {
    const outcomes = await this.#ask({ kind: "batch", claims });
    if (outcomes.length !== claims.length) this.#done(outcomes);
    return outcomes;
  }

  /**
   * Verifies a file or stream piece by piece, in the memory of one link.
   *
   * @throws Refusal: it is refused; with `Code.ENDED` where it was cancelled.
   */
  async verifyStream(
    source: Pieces,
    expectations?: Expectations | string,
    how?: Following,
  ): Promise<Receipt> {
    return receiptOf(await this.checkStream(source, expectations, how));
  }

  /**
   * The same, with what was found as a value.
   *
   * @throws Refusal: with `Code.ARGUMENT` where the source cannot be read or an expectation cannot be used, with
   * `Code.ENDED` where it was cancelled.
   */
  async checkStream(
    source: Pieces,
    expectations?: Expectations | string,
    { progress, signal }: Following = {},
  ): Promise<Outcome> {
    const { number: session, outcomes } = this.#send({ kind: "open", expectations });
    this.#done(await outcomes);
    try {
      let done = 0;
      for await (const bytes of piecesOf(source)) {
        if (signal?.aborted) throw new Refusal(Code.ENDED, "verification was cancelled");
        const [refused] = await this.#ask({ kind: "push", session, bytes });
        if (refused !== undefined) return refused;
        done += bytes.length;
        progress?.(done);
      }
      return only(await this.#ask({ kind: "finish", session }));
    } finally {
      // Nothing happens where it has ended.
      this.#ask({ kind: "cancel", session }).catch(() => undefined);
    }
  }

  /** Ends the worker, and everything that it is doing. */
  terminate(): void {
    this.#fail(new Refusal(Code.ENDED, "the worker was terminated"));
    this.#port.close();
  }

  #ask(question: Question): Promise<readonly Outcome[]> {
    return this.#send(question).outcomes;
  }

  #send(question: Question): {
    readonly number: number;
    readonly outcomes: Promise<readonly Outcome[]>;
  } {
    const number = this.#numbers++;
    const outcomes = new Promise<readonly Outcome[]>((resolve, reject) => {
      if (this.#failed !== null) throw this.#failed;
      try {
        this.#port.post({ ...question, number });
      } catch (error) {
        throw new Refusal(
          Code.ARGUMENT,
          `an argument cannot be sent to the worker (${String(error)})`,
        );
      }
      this.#asked.set(number, { resolve, reject });
    });
    return { number, outcomes };
  }

  /** @throws Refusal: it was not done. */
  #done([failure]: readonly Outcome[]): void {
    if (failure !== undefined) receiptOf(failure);
  }

  #fail(refusal: Refusal): void {
    this.#failed ??= refusal;
    for (const { reject } of this.#asked.values()) reject(refusal);
    this.#asked.clear();
  }
}

function only([outcome]: readonly Outcome[]): Outcome {
  if (outcome !== undefined) return outcome;
  throw new Refusal(Code.INTERNAL, "the worker found nothing");
}
