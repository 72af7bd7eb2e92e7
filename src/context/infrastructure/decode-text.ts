/** Git's own rule: a NUL in the first 8,000 bytes. */
const sniffBytes = 8_000;

/**
 * The bytes of a file as text with `\n` as line end; null where it is none. UTF-8, UTF-16 by its byte order mark, and
 * Windows-1252 for what is neither. Lines are counted as git counts them: a `\r` alone ends one only in a file that has no `\n`.
 */
export function decodeText(bytes: Buffer): string | null {
  const text = decode(bytes);
  if (text === null) return null;
  return text.includes("\n") ? text.replaceAll("\r\n", "\n") : text.replaceAll("\r", "\n");
}

function decode(bytes: Buffer): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  if (bytes.subarray(0, sniffBytes).includes(0)) return null;
  const utf8 = bytes.toString("utf8");
  // A replacement character that the file does not hold itself is what bytes that are no UTF-8 become.
  if (!utf8.includes("\ufffd") || bytes.includes("\ufffd")) return utf8.replace(/^\ufeff/, "");
  return new TextDecoder("windows-1252").decode(bytes);
}
