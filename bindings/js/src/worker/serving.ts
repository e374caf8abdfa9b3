import { load } from "../load.js";
import type { Outcome } from "../machine.js";
import { Code, Refusal } from "../refusal.js";
import type { Session } from "../session.js";
import type { Verifier } from "../verifier.js";
import type { Port, Reply, Request } from "./messages.js";

/** Answers the questions that come through a port, with a verifier of its own. */
export function serve(port: Port<Reply, Request>): void {
  let verifier: Verifier | null = null;
  const sessions = new Map<number, Session>();

  async function answer(request: Request): Promise<readonly Outcome[]> {
    if (request.kind === "start") {
      const { wasm, limits } = request;
      verifier = (await load(typeof wasm === "string" ? new URL(wasm) : wasm)).verifier(limits);
      return [];
    }
    if (verifier === null) throw new Refusal(Code.ARGUMENT, "the worker has not been started");
    switch (request.kind) {
      case "check":
        return [verifier.check(request.claim.proof, request.claim.expectations)];
      case "batch":
        return verifier.verifyBatch(request.claims);
      case "open":
        sessions.set(request.number, verifier.session(request.expectations));
        return [];
      case "push":
        return inSession(request.session, (session) => session.push(request.bytes));
      case "finish":
        return inSession(request.session, (session) => session.finish());
      case "cancel":
        sessions.get(request.session)?.cancel();
        sessions.delete(request.session);
        return [];
    }
  }

  function inSession(number: number, act: (session: Session) => unknown): readonly Outcome[] {
    const session = sessions.get(number);
    if (session === undefined) throw new Refusal(Code.ENDED, "the session has ended");
    try {
      act(session);
    } catch (error) {
      // What was found has more to say than the refusal that it was thrown as.
      if (session.outcome === null) throw error;
    }
    if (session.open) return [];
    sessions.delete(number);
    return session.outcome === null ? [] : [session.outcome];
  }

  port.listen(
    (request) => {
      void answer(request)
        .catch((error: unknown) => [refused(error)])
        .then((outcomes) => port.post({ number: request.number, outcomes }));
    },
    () => port.close(),
  );
}

/** An error as an answer, since classes do not survive the way to another thread. */
function refused(error: unknown): Outcome {
  const { code, message, work } =
    error instanceof Refusal ? error : new Refusal(Code.INTERNAL, String(error));
  return { code, message, receipt: null, json: "", work };
}
