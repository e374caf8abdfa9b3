/** Reads what postcard wrote; the book's page on formats describes it. */
export class PostcardReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @throws RangeError: there are not so many bytes left. */
  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError("the bytes end early");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  /** A u32 or u64. */
  unsigned(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.take(1)[0] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError("an integer does not end");
  }

  /** An i32 or i64. */
  signed(): bigint {
    const value = this.unsigned();
    return value & 1n ? -(value >> 1n) - 1n : value >> 1n;
  }

  count(): number {
    return Number(this.unsigned());
  }

  text(): string {
    return new TextDecoder().decode(this.take(this.count()));
  }

  list<T>(read: () => T): T[] {
    const length = this.count();
    const found: T[] = [];
    for (let index = 0; index < length; index++) found.push(read());
    return found;
  }

  optional<T>(read: () => T): T | null {
    return this.take(1)[0] === 0 ? null : read();
  }
}
