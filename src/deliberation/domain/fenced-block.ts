/** The text of an answer's first fenced block, without its fences; null where there is none, or none that is closed. */
export function firstBlock(answer: string): string | null {
  const lines = answer.replace(/\r\n?/g, "\n").split("\n");
  const open = lines.findIndex((line) => /^\s*`{3,}/.test(line));
  if (open < 0) return null;
  const ticks = /`+/.exec(lines[open] ?? "")?.[0] ?? "";
  const rest = lines.slice(open + 1);
  const end = rest.findIndex((line) => line.trim() === ticks);
  return end < 0 ? null : rest.slice(0, end).join("\n");
}

/** A text in a fence that it cannot close. */
export function fenced(text: string, info = ""): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${info}\n${text.replace(/\n$/, "")}\n${fence}`;
}
