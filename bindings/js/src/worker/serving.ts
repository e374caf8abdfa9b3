import { load } from "../load.js";
import type { Outcome } from "../machine.js";
import { Code, Refusal } from "../refusal.js";
import type { Verifier } from "../verifier.js";
import type { Port, Reply, Request } from "./messages.js";

/** Bytes of a file that are read at once. */
const PIECE = 1 << 20;

/** Answers the questions that come through a port, with a verifier of its own. */
export function serve(port: Port<Reply, Request>): void {
  let verifier: Verifier | null = null;
  const running = new Set<number>();

  async function answer(request: Request): Promise<readonly Outcome[]> {
    if (request.kind === "start") {
      const { wasm, limits } = request;
      verifier = (await load(typeof wasm === "string" ? new URL(wasm) : wasm)).verifier(limits);
      return [];
    }
    if (verifier === null) throw new Refusal(Code.ARGUMENT, "the worker has not been started");
    switch (request.kind) {
      case "check":
        return [verifier.check(request.proof, request.expectations)];
      case "batch":
        return verifier.verifyBatch(request.claims);
      case "blob":
        return [await stream(verifier, request)];
      case "cancel":
        running.delete(request.question);
        return [];
    }
  }

  /** Pushes a file piece by piece, so that nobody ever holds all of it. */
  async function stream(
    verifier: Verifier,
    { blob, expectations, number }: Extract<Request, { kind: "blob" }>,
  ): Promise<Outcome> {
    const session = verifier.session(expectations);
    running.add(number);
    try {
      for (let bytes = 0; bytes < blob.size; bytes += PIECE) {
        const piece = await blob.slice(bytes, bytes + PIECE).arrayBuffer();
        // Waiting for the piece let a message in.
        if (!running.has(number)) throw new Refusal(Code.ENDED, "verification was cancelled");
        session.push(new Uint8Array(piece));
        port.post({ kind: "progress", number, bytes: bytes + piece.byteLength });
      }
      session.finish();
    } catch (error) {
      if (session.outcome === null) throw error;
    } finally {
      session.cancel();
      running.delete(number);
    }
    return session.outcome ?? refused("the session ended without a result");
  }

  port.listen(
    (request) => {
      answer(request)
        .catch((error: unknown) => [refused(error)])
        .then((outcomes) => port.post({ kind: "answer", number: request.number, outcomes }));
    },
    () => port.close(),
  );
}

/** An error as an answer, since classes do not survive the way to another thread. */
function refused(error: unknown): Outcome {
  const { code, message, work } =
    error instanceof Refusal
      ? error
      : new Refusal(Code.ARGUMENT, `the proof cannot be read (${String(error)})`);
  return { code, message, receipt: null, json: "", work };
}
