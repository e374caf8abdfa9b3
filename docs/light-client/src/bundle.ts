/** Where the content of a section stands in its file. */
export interface Section {
  readonly name: string;
  readonly from: number;
  readonly length: number;
}

const MAGIC = "zkpotrun";
const HEADER = 16;
/** Name's length, the longest name, content's length. */
const ENTRY = 2 + 0xffff + 8;

/**
 * Finds a section of a bundle (see the book's page on formats) without reading what stands before it.
 *
 * @returns null where the file has no such section among the first ten: programs come before links.
 */
export async function findSection(bundle: Blob, name: string): Promise<Section | null> {
  const header = new Uint8Array(await bundle.slice(0, HEADER).arrayBuffer());
  if (new TextDecoder().decode(header.subarray(0, MAGIC.length)) !== MAGIC) return null;
  let at = HEADER;
  for (let number = 0; number < 10; number++) {
    const entry = new DataView(await bundle.slice(at, at + ENTRY).arrayBuffer());
    if (entry.byteLength < 2) return null;
    const nameLength = entry.getUint16(0, true);
    if (entry.byteLength < 2 + nameLength + 8) return null;
    const found = new TextDecoder().decode(new Uint8Array(entry.buffer, 2, nameLength));
    const length = Number(entry.getBigUint64(2 + nameLength, true));
    const from = at + 2 + nameLength + 8;
    if (found === name) return { name, from, length };
    at = from + length;
  }
  return null;
}
