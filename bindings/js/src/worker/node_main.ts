import { parentPort } from "node:worker_threads";

import { serve } from "./serving.js";

const port = parentPort;
if (port !== null) {
  serve({
    post: (reply) => port.postMessage(reply),
    listen: (hear) => void port.on("message", hear),
    close: () => port.close(),
  });
}
