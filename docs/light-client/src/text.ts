/** Characters that show nothing, or change how the text around them reads (control, format, direction). */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Characters of foreign text that are shown. */
const LONGEST = 300;

/** Anybody's text, of which nothing is invisible or turns the line around. */
export function escaped(text: string): string {
  return text.replace(
    UNSEEN,
    (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`,
  );
}

/** The same, and it does not go on for pages. */
export function visible(text: string): string {
  if (text.length <= LONGEST) return escaped(text);
  return `${escaped(text.slice(0, LONGEST))}… (${counted(text.length, "character")})`;
}

/** Hexadecimal bytes as text, where they are a few and UTF-8 that people can read; otherwise null. */
export function textOf(hexadecimal: string): string | null {
  if (hexadecimal.length > 2 * LONGEST) return null;
  const bytes = Uint8Array.from(hexadecimal.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text === "" || UNSEEN.test(text) ? null : text;
  } catch {
    return null;
  } finally {
    UNSEEN.lastIndex = 0;
  }
}

/** The ends of a digest. */
export function short(digest: string): string {
  return digest.length > 16 ? `${digest.slice(0, 6)}…${digest.slice(-6)}` : digest;
}

/** A count with its noun. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** Bytes for people. */
export function size(bytes: number): string {
  if (bytes < 1000) return counted(bytes, "byte");
  const kilobytes = bytes / 1000;
  return kilobytes < 1000 ? `${kilobytes.toFixed(0)} kB` : `${(kilobytes / 1000).toFixed(2)} MB`;
}

/** A duration for people. */
export function duration(milliseconds: number): string {
  return milliseconds < 1000
    ? `${milliseconds.toFixed(0)} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
}
