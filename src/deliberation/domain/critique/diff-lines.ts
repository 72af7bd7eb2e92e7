/** A line of a unified diff, as the file has it after the change. */
export type DiffLine = {
  /** Relative to the repository's root. */
  readonly path: string;
  /** 1-based number in the changed file; null for a line that the change takes away. */
  readonly line: number | null;
  /** With its leading `+`, `-` or blank. */
  readonly text: string;
};

const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/**
 * Every line of a git diff with its number in the changed file: what a finding may point at, the lines around a change
 * included. A diff that was cut off ends with its last whole line; a deleted file has no line left.
 */
export function diffLines(diff: string): readonly DiffLine[] {
  const lines: DiffLine[] = [];
  let path: string | null = null;
  let next = 0;
  // What is left of the hunk: a changed line may itself read like a header.
  let before = 0;
  let after = 0;
  for (const text of diff.split("\n")) {
    if (before > 0 || after > 0) {
      const sign = text[0];
      if (sign !== "-" && sign !== "+" && sign !== " ") {
        // "\ No newline at end of file" belongs to the line above it; everything else means that the diff was cut.
        if (sign !== "\\") before = after = 0;
        continue;
      }
      if (sign !== "+") before -= 1;
      if (sign !== "-") after -= 1;
      if (path !== null) lines.push({ path, line: sign === "-" ? null : next, text });
      if (sign !== "-") next += 1;
      continue;
    }
    const start = hunk.exec(text);
    if (start !== null) {
      [before, next, after] = [Number(start[1] ?? 1), Number(start[2]), Number(start[3] ?? 1)];
    } else if (text.startsWith("diff --git ")) {
      path = null;
    } else if (text.startsWith("+++ ")) {
      path = pathOf(text.slice(4));
    }
  }
  return lines;
}

/** `b/src/a.js`, with a tab behind it where the path holds a blank, or quoted as C does; null for a deleted file. */
function pathOf(written: string): string | null {
  const name = written.replace(/\t$/, "");
  if (name === "/dev/null") return null;
  return (name.startsWith('"') ? unquoted(name) : name).replace(/^b\//, "");
}

function unquoted(name: string): string {
  const bytes: number[] = [];
  for (const [part, octal, escaped] of name.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|[^\\]+/g)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else bytes.push(...new TextEncoder().encode(escaped ?? part));
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

/** The diff for a reader who shall name lines: each file's path, then its lines with their numbers. */
export function numberedDiff(lines: readonly DiffLine[]): string {
  const shown: string[] = [];
  let path = "";
  for (const each of lines) {
    if (each.path !== path) {
      path = each.path;
      shown.push(`${shown.length === 0 ? "" : "\n"}${path}`);
    }
    shown.push(`${String(each.line ?? "").padStart(5)} ${each.text}`);
  }
  return shown.join("\n");
}
