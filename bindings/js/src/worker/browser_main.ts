import type { Request } from "./messages.js";
import { serve } from "./serving.js";

serve({
  post: (reply) => self.postMessage(reply),
  listen(hear) {
    self.addEventListener("message", (event: MessageEvent<Request>) => hear(event.data));
  },
  close: () => self.close(),
});
