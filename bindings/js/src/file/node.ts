import { readFile } from "node:fs/promises";

/** The bytes of a `file:` URL. */
export function readFileUrl(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  return readFile(url) as Promise<Uint8Array<ArrayBuffer>>;
}
