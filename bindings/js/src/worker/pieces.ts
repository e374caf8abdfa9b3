import { Code, Refusal } from "../refusal.js";

/** A file, a response's body, or anything else that yields bytes. */
export type Pieces =
  Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Bytes of a file that are read at once. */
const PIECE = 1 << 20;

/**
 * Its bytes, piece by piece.
 *
 * @throws Refusal with `Code.ARGUMENT`: it cannot be read.
 */
export async function* piecesOf(source: Pieces): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* source instanceof Blob ? slices(source) : isStream(source) ? chunks(source) : source;
  } catch (error) {
    throw new Refusal(Code.ARGUMENT, `the proof cannot be read (${String(error)})`);
  }
}

async function* slices(blob: Blob): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < blob.size; at += PIECE) {
    yield new Uint8Array(await blob.slice(at, at + PIECE).arrayBuffer());
  }
}

/** Not every browser's streams are iterable. */
async function* chunks(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

function isStream(source: Exclude<Pieces, Blob>): source is ReadableStream<Uint8Array> {
  return "getReader" in source;
}
