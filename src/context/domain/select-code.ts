import { posix } from "node:path";
import type { CountTokens } from "./build-context.ts";
import { redactSecrets } from "./redact-secrets.ts";
import { searchTerms } from "./search-terms.ts";

export type SourceFile = { readonly path: string; readonly text: string };

export type CodeBlock = {
  readonly path: string;
  /** The file, or a part of it with line numbers in `lines`. */
  readonly text: string;
  readonly lines: { readonly from: number; readonly to: number; readonly of: number } | null;
  readonly tokens: number;
};

export type CodeSelection = {
  /** By path. */
  readonly files: readonly CodeBlock[];
  /** The path of the one that the text is most likely about; null where there is none. */
  readonly best: string | null;
  readonly tokens: number;
  /** Files that match and did not fit. */
  readonly dropped: readonly string[];
};

/** DOMAIN.md §5: at most this many files or symbols. */
const maxFiles = 20;
const excerptLines = 60;

/**
 * The files of a repository that a text is most likely about: by the text's terms in path and content (rare terms count
 * more), and the files that these import, within the budget. A file that does not fit whole comes as the part with most
 * matches. The order is by path, so that the same choice is the same prompt.
 */
export function selectCode(
  files: readonly SourceFile[],
  about: string,
  budgetTokens: number,
  countTokens: CountTokens,
): CodeSelection {
  const scored = score(files, searchTerms(about));
  const chosen: CodeBlock[] = [];
  const dropped: string[] = [];
  let left = budgetTokens;
  for (const { file, terms } of scored) {
    if (chosen.length === maxFiles) break;
    const block = fitInto(file, terms, left, countTokens);
    if (block === null) {
      dropped.push(file.path);
      continue;
    }
    chosen.push(block);
    left -= block.tokens;
  }
  return {
    best: chosen[0]?.path ?? null,
    files: chosen.sort((a, b) => (a.path < b.path ? -1 : 1)),
    tokens: budgetTokens - left,
    dropped,
  };
}

type Scored = { readonly file: SourceFile; readonly score: number; readonly terms: ReadonlySet<string> };

function score(files: readonly SourceFile[], wanted: ReadonlySet<string>): readonly Scored[] {
  const hits = files.map((file) => {
    const terms = searchTerms(`${file.path} ${file.text}`);
    return { file, terms: new Set([...wanted].filter((term) => terms.has(term))), inPath: searchTerms(file.path) };
  });
  const frequency = new Map<string, number>();
  for (const { terms } of hits) for (const term of terms) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  const weight = (term: string): number => Math.log(1 + files.length / (frequency.get(term) ?? files.length));
  const own = new Map(
    hits.map(({ file, terms, inPath }) => [
      file.path,
      [...terms].reduce((sum, term) => sum + weight(term) * (inPath.has(term) ? 4 : 1), 0),
    ]),
  );
  const total = new Map(own);
  for (const { file } of hits) {
    for (const path of imports(file, own)) {
      total.set(path, (total.get(path) ?? 0) + (own.get(file.path) ?? 0) * 0.3);
    }
  }
  return hits
    .map(({ file, terms }) => ({ file, terms, score: total.get(file.path) ?? 0 }))
    .filter((each) => each.score > 0)
    .sort((a, b) => b.score - a.score || (a.file.path < b.file.path ? -1 : 1));
}

/** Files of the repository that this one imports by a relative path. */
function imports(file: SourceFile, known: ReadonlyMap<string, number>): readonly string[] {
  const found = [...file.text.matchAll(/(?:from|import|require)\s*\(?\s*["'](\.{1,2}\/[^"'\n]{1,200})["']/g)];
  return found.flatMap(([, target]) => {
    const path = posix.join(posix.dirname(file.path), target ?? "");
    return [path, `${path}.js`, `${path}.ts`, `${path}.py`, `${path}/index.js`, `${path}/index.ts`].filter((each) =>
      known.has(each),
    );
  });
}

function fitInto(
  file: SourceFile,
  terms: ReadonlySet<string>,
  budgetTokens: number,
  countTokens: CountTokens,
): CodeBlock | null {
  // Path and fence around the text cost about 20 tokens.
  const cost = (text: string): number => countTokens(text) + countTokens(file.path) + 20;
  const whole = redactSecrets(file.text).text;
  // Four characters a token is the rule of thumb; a file far beyond it is not counted at all.
  if (whole.length <= budgetTokens * 8 && cost(whole) <= budgetTokens) {
    return { path: file.path, text: whole, lines: null, tokens: cost(whole) };
  }
  const lines = whole.split("\n");
  const matches = lines.map((line) => [...searchTerms(line)].filter((term) => terms.has(term)).length);
  let best = 0;
  let sum = matches.slice(0, excerptLines).reduce((total, each) => total + each, 0);
  let most = sum;
  for (let start = 1; start + excerptLines <= lines.length; start += 1) {
    sum += (matches[start + excerptLines - 1] ?? 0) - (matches[start - 1] ?? 0);
    if (sum > most) [best, most] = [start, sum];
  }
  const part = lines.slice(best, best + excerptLines);
  const text = part.join("\n");
  if (most === 0 || cost(text) > budgetTokens) return null;
  return {
    path: file.path,
    text,
    lines: { from: best + 1, to: best + part.length, of: lines.length },
    tokens: cost(text),
  };
}
