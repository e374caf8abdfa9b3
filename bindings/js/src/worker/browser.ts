import { VerifierWorker, type WorkerOptions } from "./client.js";
import type { Port, Reply, Request } from "./messages.js";

export { type Following, VerifierWorker, type WorkerOptions } from "./client.js";
export type { Pieces } from "./pieces.js";

/**
 * Starts a verifier in a thread of its own, so that the page stays responsive.
 *
 * @throws Refusal: zkpot.wasm cannot be loaded, or a limit cannot be used.
 */
export function startVerifier(options?: WorkerOptions): Promise<VerifierWorker> {
  return verifierIn(
    new Worker(new URL("./browser_main.js", import.meta.url), { type: "module" }),
    options,
  );
}

/** The same in a worker that runs this package's `worker/browser_main.js`, wherever a page keeps it. */
export async function verifierIn(worker: Worker, options?: WorkerOptions): Promise<VerifierWorker> {
  const verifier = new VerifierWorker(portTo(worker));
  try {
    return await verifier.start(options);
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

function portTo(worker: Worker): Port<Request, Reply> {
  return {
    post: (request) => worker.postMessage(request),
    listen(hear, fail) {
      worker.addEventListener("message", (event: MessageEvent<Reply>) => hear(event.data));
      worker.addEventListener("messageerror", () => fail("a message cannot be read"));
      worker.addEventListener("error", (event) =>
        fail(event.message || "its script cannot be loaded"),
      );
    },
    close: () => worker.terminate(),
  };
}
