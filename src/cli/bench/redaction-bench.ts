import { redactByLibrary, redactText } from "../../context/infrastructure/redact-text.ts";
import { type BenchResult, benchResult } from "./bench-result.ts";
import { isLeft, plantedSecrets } from "./redaction/planted-secrets.ts";
import { installedFiles, repositoryFiles, type SourceText } from "./redaction/read-sources.ts";
import { createRandom } from "./seeded-random.ts";

export type RedactionOptions = {
  /** A directory in a git repository; without it the one that this runs in. Installed packages are read besides. */
  readonly repo?: string;
  /** Files of all installed packages together, at most. */
  readonly packageFiles?: number;
  readonly seed?: number;
};

const mostExamples = 5;

/**
 * How many of planted secrets the redaction takes out, in percent, against the library's recommended rules alone; and how much
 * it takes out of real source trees, a thousand lines, where next to nothing is a secret: examples by rule show what.
 */
export async function redactionBench(options: RedactionOptions = {}): Promise<BenchResult> {
  const { repo = ".", packageFiles = 1_500, seed = 7 } = options;
  const planted = plantedSecrets(createRandom(seed));
  const missed = new Map<string, number>();
  const taken = { ours: 0, library: 0 };
  for (const { kind, line, secret } of planted) {
    const ours = await redactText(line, "src/settings.ts");
    const library = await redactByLibrary(line, "src/settings.ts");
    if (!isLeft(ours.text, secret)) taken.ours += 1;
    else missed.set(kind, (missed.get(kind) ?? 0) + 1);
    if (!isLeft(library.text, secret)) taken.library += 1;
  }
  return benchResult({
    bench: "redaction",
    ours: percent(taken.ours, planted.length),
    reference: percent(taken.library, planted.length),
    unit: "% of planted secrets taken out",
    detail: {
      how: "generated secrets of each kind in lines of code and settings; then all that is struck in real trees, read as false",
      planted: planted.length,
      missed: Object.fromEntries(missed),
      repository: await strikesIn(await repositoryFiles(repo)),
      packages: await strikesIn(await installedFiles(packageFiles)),
      seed,
    },
  });
}

async function strikesIn(files: readonly SourceText[]) {
  const rules = new Map<string, { count: number; examples: string[] }>();
  let lines = 0;
  let strikes = 0;
  for (const { path, text } of files) {
    const redacted = await redactText(text, path);
    lines += text.split("\n").length;
    for (const { rule, count } of redacted.found) {
      const row = rules.get(rule) ?? { count: 0, examples: [] };
      row.count += count;
      strikes += count;
      if (row.examples.length < mostExamples) row.examples.push(exampleOf(rule, path, redacted.text));
      rules.set(rule, row);
    }
  }
  const sorted = [...rules].sort(([a], [b]) => (a < b ? -1 : 1));
  const perThousand = Math.round((strikes * 100_000) / Math.max(1, lines)) / 100;
  return { files: files.length, lines, strikes, perThousand, rules: Object.fromEntries(sorted) };
}

/** Where it struck, with what is left there: a secret, should it be one, is not told. */
function exampleOf(rule: string, path: string, redacted: string): string {
  const lines = redacted.split("\n");
  const at = lines.findIndex((line) => line.includes(`[redacted: ${rule}]`));
  const line = lines[at] ?? "";
  const middle = line.indexOf("[redacted:");
  return `${path}:${at + 1}: ${line.slice(Math.max(0, middle - 60), middle + 60).trim()}`;
}

function percent(part: number, whole: number): number {
  return Math.round((part * 1_000) / whole) / 10;
}
