import { type Assembled, assembleCodeContext } from "../domain/assemble-code-context.ts";
import { blocksFor, type ContextRole } from "../domain/block-table.ts";
import type { CountTokens, Phase } from "../domain/build-context.ts";
import { candidatesOf, chooseCode } from "../domain/code/choose-code.ts";
import type { CodeEntry, CodeIndex } from "../domain/code/code-index.ts";
import type { Commit } from "../domain/code/history.ts";
import { rankCode } from "../domain/code/rank-code.ts";
import { milestonesOf } from "../domain/milestones.ts";
import { type CountByModel, fitToModel } from "./fit-to-model.ts";
import { gatherEvidence } from "./gather-evidence.ts";
import type { RedactedText, RedactText } from "./ports.ts";

export type GetCodeContext = {
  readonly text: string;
  readonly role: ContextRole;
  readonly phase: Phase;
  readonly budgetTokens: number;
};

export type BuildCodeContextPorts = {
  readonly index: CodeIndex;
  /** The text of a file at the index's commit; line ends are `\n`. */
  readonly readText: (file: Pick<CodeEntry, "path" | "blob">) => Promise<string>;
  /** The latest commits, newest first. */
  readonly commits: readonly Commit[];
  readonly redact: RedactText;
  readonly countTokens: CountTokens;
  /** Without it the estimate of `countTokens` and its margin stand. */
  readonly countByModel?: CountByModel | undefined;
};

/**
 * Builds the context of a text, a role and a phase (DOMAIN.md §5) from an index of the code: bounded reads of the index,
 * then the files of what it chose, 30 at most.
 */
export async function buildCodeContext(ports: BuildCodeContextPorts, asked: GetCodeContext): Promise<Assembled> {
  const { index, commits, countTokens } = ports;
  const about = await ports.redact(asked.text, "text");
  const ranked = rankCode(about.text, await gatherEvidence(index, about.text));
  const withTests = blocksFor(asked.role, asked.phase).includes("tests");
  const { chosen, over } = chooseCode(ranked, withTests);
  const files = new Map(chosen.map(({ entry }) => [entry.path, entry]));
  const read = await Promise.all([...files.values()].map((file) => readRedacted(ports, file)));
  const lines = new Map(read.map(({ path, text }) => [path, text.split("\n")]));
  const linesOf = (path: string): readonly string[] => lines.get(path) ?? [];
  const main = chosen.filter(({ isMain }) => isMain).map(({ entry }) => entry.path);
  const facts = {
    about: about.text,
    role: asked.role,
    phase: asked.phase,
    commit: index.commit,
    candidates: candidatesOf(chosen, about.text, linesOf),
    over,
    linesOf,
    milestones: milestonesOf(commits, new Set(main)),
    redacted: totals([...about.found, ...read.flatMap(({ found }) => found)]),
  };
  return fitToModel(
    (budget) => assembleCodeContext(facts, budget, countTokens),
    asked.budgetTokens,
    ports.countByModel,
  );
}

async function readRedacted(
  { readText, redact }: BuildCodeContextPorts,
  file: CodeEntry,
): Promise<RedactedText & { readonly path: string }> {
  return { ...(await redact(await readText(file), file.path)), path: file.path };
}

function totals(found: RedactedText["found"]): RedactedText["found"] {
  const counts = new Map<string, number>();
  for (const { rule, count } of found) counts.set(rule, (counts.get(rule) ?? 0) + count);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([rule, count]) => ({ rule, count }));
}
