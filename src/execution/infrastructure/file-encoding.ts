/** The encodings that are read: UTF-8, and for what is no UTF-8 the one that older tools write in the west. */
export type FileEncoding = "utf-8" | "windows-1252";

/** Every byte of Windows-1252 is one character and back, so that what an edit does not touch keeps its bytes. */
const bytesOf = new Map(
  Array.from({ length: 256 }, (_, byte) => [new TextDecoder("windows-1252").decode(Uint8Array.of(byte)), byte]),
);

/** So large a part of bytes beyond ASCII is another encoding, or no text at all. */
const mostBeyondAscii = 0.3;

/**
 * The text of a file with its encoding, byte order mark included; null for what is no text: null bytes, other control
 * characters, or mostly bytes beyond ASCII that are no UTF-8.
 */
export function decodeFile(bytes: Uint8Array): { readonly text: string; readonly encoding: FileEncoding } | null {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes), encoding: "utf-8" };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  const beyond = bytes.reduce((count, byte) => count + (byte >= 0x80 ? 1 : 0), 0);
  if (bytes.some(isControl) || beyond > bytes.length * mostBeyondAscii) return null;
  return { text: new TextDecoder("windows-1252").decode(bytes), encoding: "windows-1252" };
}

/** A text's bytes; or the first character that the encoding does not have. */
export function encodeFile(text: string, encoding: FileEncoding): Buffer | { readonly missing: string } {
  if (encoding === "utf-8") return Buffer.from(text, "utf8");
  const bytes: number[] = [];
  for (const character of text) {
    const byte = bytesOf.get(character);
    if (byte === undefined) return { missing: character };
    bytes.push(byte);
  }
  return Buffer.from(bytes);
}

/** Characters that no text file holds, other than tab, line ends, form feed and escape. */
function isControl(byte: number): boolean {
  return byte < 0x20 && ![0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1b].includes(byte);
}
