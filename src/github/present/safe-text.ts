/**
 * Text of people and models, made safe to stand in the fleet's own Markdown: nobody is mentioned, no issue is linked or
 * closed, no table or heading is broken, nothing is hidden.
 */

/** Control characters, bidirectional controls, zero-width characters: they hide or reorder text. */
const hidden = /[\p{Cc}\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]|[\u{E0000}-\u{E007F}]/gu;

/**
 * What GitHub turns into links and notifications, also inside escaped text: mentions, issue references, addresses. And what
 * people wrote as code, which stays code.
 */
const active = /`[^`]+`|https?:\/\/\S+|www\.\S+|[\w.+-]*@[\w.-]+(?:\/[\w.-]+)?|[\w./-]*#\d+|GH-\d+/gi;

const punctuation = /[\\`*_{}[\]<>()#!|~&$^]/g;

/** What begins a list, a heading underline or a rule when it stands at the beginning of a line. */
const lineStart = /^(\d+)?([-+=.)])/;

/** One line, at most `max` characters of the original. Mentions, references and addresses become code. */
export function inlineText(text: string, max = 300): string {
  const line = text.replace(/\s+/g, " ").replace(hidden, "").trim();
  const cut = line.length > max ? `${line.slice(0, max - 1).trimEnd()}…` : line;
  let safe = "";
  let last = 0;
  for (const match of cut.matchAll(active)) {
    safe += escapePunctuation(cut.slice(last, match.index)) + asCode(match[0]);
    last = match.index + match[0].length;
  }
  return (safe + escapePunctuation(cut.slice(last))).replace(lineStart, "$1\\$2");
}

/** A sentence of the fleet's own that may quote Markdown: only what GitHub would hide or act on is made safe. */
export function ownText(text: string): string {
  return text.replace(/</g, "\\<").replace(active, asCode);
}

function asCode(found: string): string {
  return codeSpan(found.startsWith("`") ? found.slice(1, -1) : found);
}

function escapePunctuation(text: string): string {
  return text.replace(punctuation, "\\$&");
}

/** A code span of untrusted text; backticks and pipes would end it or its table cell. */
export function codeSpan(text: string): string {
  const inside = text.replace(/\s+/g, " ").replace(hidden, "").replace(/[`|]/g, "'").trim();
  return inside === "" ? "" : `\`${inside}\``;
}

/** Several lines as a quotation, at most `max` characters of the original. */
export function quotedText(text: string, max = 2_000): string {
  return boundText(text, max)
    .split(/\r?\n/)
    .map((line) => `> ${inlineText(line, max)}`.trimEnd())
    .join("\n");
}

/**
 * Code as a reviewer must see it: what hides or reorders text stands there as its code point, since leaving it out would
 * hide it from the one who judges it (https://trojansource.codes).
 */
export function visibleCode(text: string): string {
  return text.replace(hidden, (found) =>
    /[\n\r\t]/.test(found) ? found : `⟨U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`,
  );
}

/** A code block; its fence is longer than any run of backticks inside. */
export function fencedText(text: string, language = "", max = 20_000): string {
  const inside = boundText(text.replace(/\s+$/, ""), max);
  const longest = Math.max(2, ...[...inside.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${inside}\n${fence}`;
}

function boundText(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}\n… (${text.length - max} characters left out)`;
}
