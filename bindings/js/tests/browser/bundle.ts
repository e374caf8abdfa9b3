/** A bundle with these sections; a zero stands for the section's content in another bundle. */
export function bundle(
  sections: Readonly<Record<string, Uint8Array | 0>>,
  from?: Uint8Array,
): Buffer {
  const parts = Object.entries(sections).map(([name, content]) => {
    const bytes = content === 0 ? sectionOf(from ?? new Uint8Array(), name) : content;
    const head = Buffer.alloc(2 + name.length + 8);
    head.writeUInt16LE(name.length);
    head.write(name, 2);
    head.writeBigUInt64LE(BigInt(bytes.length), 2 + name.length);
    return Buffer.concat([head, bytes]);
  });
  const header = Buffer.alloc(16);
  header.write("zkpotrun");
  header.writeUInt32LE(1, 8);
  header.writeUInt32LE(parts.length, 12);
  return Buffer.concat([header, ...parts]);
}

/** The content of a section. */
export function sectionOf(bundle: Uint8Array, wanted: string): Uint8Array {
  const bytes = Buffer.from(bundle);
  for (let at = 16; at < bytes.length;) {
    const named = at + 2 + bytes.readUInt16LE(at);
    const content = named + 8;
    const end = content + Number(bytes.readBigUInt64LE(named));
    if (bytes.toString("utf-8", at + 2, named) === wanted) return bytes.subarray(content, end);
    at = end;
  }
  throw new Error(`the bundle has no section ${wanted}`);
}
