import { diffLines } from "diff";
import { distance } from "fastest-levenshtein";
import type { EditFailure } from "../edit.ts";

/** Above this the comparison by characters is left out: it is quadratic. */
const maxCharacters = 4_000;

/** As much of a difference is shown, in lines; more helps no small model. */
const maxShown = 60;

/**
 * The lines of a file that come nearest to a search text: most equal lines (ignoring white space) first, then the fewest
 * changed characters. Null where nothing has anything in common with it.
 */
export function nearestMatch(lines: readonly string[], search: readonly string[]): EditFailure["nearest"] {
  if (search.length === 0 || lines.length === 0) return null;
  const wanted = new Set(search.map((line) => line.trim()).filter((line) => line !== ""));
  const height = Math.min(search.length, lines.length);
  const hits = lines.map((line) => (wanted.has(line.trim()) ? 1 : 0));
  const windows: { start: number; score: number }[] = [];
  let score = hits.slice(0, height).reduce<number>((sum, hit) => sum + hit, 0);
  for (let start = 0; start + height <= lines.length; start += 1) {
    windows.push({ start, score });
    score += (hits[start + height] ?? 0) - (hits[start] ?? 0);
  }
  const best = windows.some((window) => window.score > 0)
    ? windows.sort((a, b) => b.score - a.score || a.start - b.start).slice(0, 20)
    : byFirstLine(lines, search, height);
  const target = search.join("\n").slice(0, maxCharacters);
  let nearest: { start: number; cost: number } | null = null;
  for (const { start } of best) {
    const cost = distance(
      target,
      lines
        .slice(start, start + height)
        .join("\n")
        .slice(0, maxCharacters),
    );
    if (nearest === null || cost < nearest.cost) nearest = { start, cost };
  }
  if (nearest === null || nearest.cost > target.length * 0.7) return null;
  const text = lines.slice(nearest.start, nearest.start + height).join("\n");
  return { line: nearest.start + 1, text, difference: difference(search.join("\n"), text) };
}

/** Where no line is equal: the places whose first line is most like the search's first line that is not empty. */
function byFirstLine(lines: readonly string[], search: readonly string[], height: number): { start: number }[] {
  const offset = Math.max(
    0,
    search.findIndex((line) => line.trim() !== ""),
  );
  const first = (search[offset] ?? "").trim().slice(0, 200);
  return lines
    .slice(0, 20_000)
    .map((line, at) => ({ start: at - offset, cost: distance(first, line.trim().slice(0, 200)) }))
    .filter(({ start }) => start >= 0 && start + height <= lines.length)
    .sort((a, b) => a.cost - b.cost)
    .slice(0, 20);
}

/** What the search text has (`-`) and what the file has instead (`+`), line by line. */
function difference(search: string, file: string): string {
  const [theirs, ours] = [search, file].map((text) => `${text.split("\n").slice(0, maxShown).join("\n")}\n`);
  return diffLines(theirs ?? "", ours ?? "")
    .flatMap((part) => {
      const sign = part.added ? "+" : part.removed ? "-" : " ";
      return part.value
        .replace(/\n$/, "")
        .split("\n")
        .map((line) => `${sign} ${line}`);
    })
    .slice(0, maxShown)
    .join("\n");
}
