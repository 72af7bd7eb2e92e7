import { createHash } from "node:crypto";

/**
 * SHA-256 hex of title + "\n" + body: what an approval of the scope is bound to. Line ends, white space at line ends,
 * blank lines at both ends and the Unicode form do not count, so that GitHub's editor cannot void an approval by itself.
 */
export function storyBodyHash(title: string, body: string): string {
  return createHash("sha256")
    .update(`${normalise(title)}\n${normalise(body)}`)
    .digest("hex");
}

function normalise(text: string): string {
  return text
    .normalize("NFC")
    .replace(/\r\n?/g, "\n")
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .replace(/^\n+|\n+$/g, "");
}
