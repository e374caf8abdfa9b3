import { readFileSync } from "node:fs";

/** The repository's root, from where this file is compiled to. */
export const ROOT = new URL("../../../../", import.meta.url);

/** A file of the repository. */
export function read(path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(path, ROOT)));
}

/** A JSON file of the repository, as a value of a type that its writer promises. */
export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, ROOT), "utf-8")) as T;
}
