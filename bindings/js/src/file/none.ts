import { Code, Refusal } from "../refusal.js";

/** Browsers read no `file:` URL. */
export function readFileUrl(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  const why = `${url.href}: only a server's files can be loaded here; give the bytes`;
  return Promise.reject(new Refusal(Code.ARGUMENT, why));
}
