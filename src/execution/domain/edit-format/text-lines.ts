/** One line of a file with the characters that end it: `\n`, `\r\n`, or nothing on a last line without a newline. */
export type FileLine = { readonly text: string; readonly end: "" | "\n" | "\r\n" };

/** A file's text taken apart so that it can be put together again byte for byte. */
export type FileText = { readonly mark: "" | "\uFEFF"; readonly lines: readonly FileLine[] };

/** Takes a text apart: the byte order mark, and each line with its own end. */
export function splitFile(text: string): FileText {
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const lines: FileLine[] = [];
  for (const [line] of text.slice(mark.length).matchAll(/[^\n]*\n|[^\n]+$/g)) {
    const end = line.endsWith("\r\n") ? "\r\n" : line.endsWith("\n") ? "\n" : "";
    lines.push({ text: line.slice(0, line.length - end.length), end });
  }
  return { mark, lines };
}

export function joinFile({ mark, lines }: FileText): string {
  return mark + lines.map(({ text, end }) => text + end).join("");
}

/** The end that most lines of the file have; `\n` for a file without any. */
export function usualEnd(lines: readonly FileLine[]): "\n" | "\r\n" {
  const windows = lines.filter(({ end }) => end === "\r\n").length;
  return windows * 2 > lines.filter(({ end }) => end !== "").length ? "\r\n" : "\n";
}

/** An edit's text as lines: a final newline ends the last line and does not begin another. */
export function editLines(text: string): readonly string[] {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Puts `texts` in the place of `height` lines; the ends stay those of the lines that were there. */
export function replaceLines(
  lines: readonly FileLine[],
  start: number,
  height: number,
  texts: readonly string[],
): FileLine[] {
  const end = lines[start]?.end || usualEnd(lines);
  const lastEnd = lines[start + height - 1]?.end ?? end;
  const before = lines.slice(0, start);
  const last = before.at(-1);
  // The end of the file goes: what is last now ends the file as that one did.
  if (texts.length === 0 && lastEnd === "" && last !== undefined)
    return [...before.slice(0, -1), { text: last.text, end: "" }];
  const placed = texts.map((text, at): FileLine => ({ text, end: at === texts.length - 1 ? lastEnd : end }));
  return [...before, ...placed, ...lines.slice(start + height)];
}
