import { stripVTControlCharacters } from "node:util";

/** A text without colours, control and hidden characters, at most `limit` characters. */
export function cleanText(text: string, limit = 300): string {
  const clean = stripVTControlCharacters(text)
    .replace(/\r\n?/g, "\n")
    .replace(/\t/g, " ")
    .replace(/[\p{Cc}\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/gu, (character) => (character === "\n" ? "\n" : ""))
    .trim();
  return clean.length > limit ? `${clean.slice(0, limit - 1)}…` : clean;
}

/** Lines that say what went wrong, in the words of the usual compilers, linters and test runners. */
const telling =
  /^\s*\S+\.\w+:\d+(?::\d+)?:\s|\b\w*(?:Error|Exception)\b|\berror\b|\bfail(?:ed|ure|ing)?\b|^\s*(?:not ok|✖|✗|×|E\s)|panic|Traceback|undefined reference/i;
/** Lines that look so and say nothing, or that only frame another one. */
const hollow =
  /^\s*(?:at\s|npm (?:ERR!|error|warn)|node:internal|#\s|ℹ|throw\b|\^+$)|\b0 (?:errors?|failed|failures)\b/;

/** The first lines of an output that tell why it failed; without any, its last lines. At most three, cleaned. */
export function failureLines(output: string): string {
  const lines = cleanText(output, 200_000)
    .split("\n")
    .filter((line) => line.trim() !== "");
  const first = lines.filter((line) => telling.test(line) && !hollow.test(line)).slice(0, 3);
  return cleanText((first.length > 0 ? first : lines.slice(-3)).map((line) => line.trim()).join("\n"), 500);
}
