import { Worker } from "node:worker_threads";

import { VerifierWorker, type WorkerOptions } from "./client.js";
import type { Port, Reply, Request } from "./messages.js";

export { type Following, VerifierWorker, type WorkerOptions } from "./client.js";
export type { Pieces } from "./pieces.js";

/**
 * Starts a verifier in a thread of its own, so that a server stays responsive.
 *
 * @throws Refusal: zkpot.wasm cannot be loaded, or a limit cannot be used.
 */
export async function startVerifier(options?: WorkerOptions): Promise<VerifierWorker> {
  const worker = new Worker(new URL("./node_main.js", import.meta.url));
  const verifier = new VerifierWorker(portTo(worker));
  try {
    return await verifier.start(options);
  } catch (error) {
    await worker.terminate();
    throw error;
  }
}

function portTo(worker: Worker): Port<Request, Reply> {
  return {
    post: (request) => worker.postMessage(request),
    listen(hear, fail) {
      worker.on("message", hear);
      worker.on("messageerror", () => fail("a message cannot be read"));
      worker.on("error", (error) => fail(String(error)));
      worker.on("exit", (code) => fail(`it ended with ${code}`));
    },
    close: () => void worker.terminate(),
  };
}
