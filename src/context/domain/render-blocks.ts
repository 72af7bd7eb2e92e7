import { posix } from "node:path";
import { fence, withoutHidden } from "./clean-text.ts";
import type { Candidate } from "./code/choose-code.ts";
import { type Shown, textOf } from "./code/show-symbol.ts";
import type { ContextBlock, CountTokens, Piece } from "./context.ts";
import type { Placed } from "./fit-candidates.ts";
import { redactSecrets } from "./redact-secrets.ts";

/** A name from the repository as it may be shown: one line, no hidden characters, no secret. */
export function shownName(name: string): string {
  return withoutHidden(redactSecrets(name).text).replace(/\s+/g, " ").slice(0, 300);
}

function rangesOf({ lines }: Shown): string {
  return lines.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
}

export function pieceText(candidate: Candidate, shown: Shown, lines: readonly string[]): string {
  const what = candidate.symbol === null ? "" : ` ${candidate.kind} ${shownName(candidate.symbol)}`;
  const title = `${shownName(candidate.path)}:${rangesOf(shown)}${what}${shown.form === "body" ? "" : ` (${shown.form})`}`;
  return `${title}\n${fence(withoutHidden(textOf(shown, lines)), posix.extname(candidate.path).slice(1).replace(/\W/g, ""))}`;
}

export function candidatesBlock(
  name: "code" | "tests",
  title: string,
  placed: ReadonlyMap<string, Placed>,
  commit: string | null,
  countTokens: CountTokens,
): ContextBlock | null {
  const start = ({ shown }: Placed): number => shown.lines[0]?.from ?? 0;
  const sorted = [...placed.values()].sort((a, b) =>
    a.candidate.path === b.candidate.path ? start(a) - start(b) : a.candidate.path < b.candidate.path ? -1 : 1,
  );
  if (sorted.length === 0) return null;
  const text = [title, ...sorted.map((each) => each.text)].join("\n\n");
  const pieces = sorted.map(({ candidate, shown, tokens }): Piece => {
    const { key, path, symbol, kind, score, distance, why } = candidate;
    return {
      node: shownName(key),
      path: shownName(path),
      symbol: symbol === null ? null : shownName(symbol),
      kind,
      form: shown.form,
      lines: shown.lines,
      commit,
      score: Math.round(score * 1_000) / 1_000,
      distance,
      why: why.map(shownName),
      tokens,
    };
  });
  return { name, text, tokens: countTokens(text), pieces };
}
