import { type Assembled, assembleContext } from "../domain/assemble-context.ts";
import type { ContextRole } from "../domain/block-table.ts";
import { cleanText } from "../domain/clean-text.ts";
import { candidatesOf } from "../domain/code/choose-code.ts";
import type { Commit } from "../domain/code/history.ts";
import type { CountTokens } from "../domain/context.ts";
import { milestonesOf } from "../domain/milestones.ts";
import type { Phase } from "../domain/phase.ts";
import { shownName } from "../domain/render-blocks.ts";
import type { WrittenBlock } from "../domain/written-block.ts";
import { showsCode } from "./build-context.ts";
import { countRedacted } from "./count-redacted.ts";
import { type CountByModel, fitToModel } from "./fit-to-model.ts";
import type { CodeSource, RedactText } from "./ports.ts";
import { readLines } from "./read-lines.ts";

export type GetCodeContext = {
  readonly text: string;
  readonly role: ContextRole;
  readonly phase: Phase;
  readonly budgetTokens: number;
};

export type TextContextPorts = {
  readonly source: CodeSource;
  /** The latest commits, newest first. */
  readonly commits: readonly Commit[];
  readonly redact: RedactText;
  readonly countTokens: CountTokens;
  /** Without it the estimate of `countTokens` and its margin stand. */
  readonly countByModel?: CountByModel | undefined;
};

/** Builds the context of a text, a role and a phase (DOMAIN.md §5) from the code of one commit alone. */
export async function buildTextContext(ports: TextContextPorts, asked: GetCodeContext): Promise<Assembled> {
  const { source, countTokens } = ports;
  const { role, phase } = asked;
  const { redact, counted } = countRedacted(ports.redact);
  const about = await redact(cleanText(asked.text));
  const { chosen, over } = await source.choose(about);
  // Where no code is shown, the choice still tells which commits are about it.
  const shown = showsCode(role, phase) ? chosen : [];
  const lines = await readLines(source, shown, redact);
  const linesOf = (path: string): readonly string[] => lines.get(path) ?? [];
  const { commit } = source;
  const main = chosen.filter(({ isMain, entry }) => isMain && !entry.test).map(({ entry }) => entry.path);
  const facts = {
    heading: `Role: ${role}. Phase: ${phase}. Commit: ${commit.slice(0, 12)}.`,
    about,
    nodes: ["text"] as const,
    ...{ role, phase, commit, over, absent: elsewhere, linesOf },
    candidates: candidatesOf(shown, about, linesOf),
    written: { milestones: commitBlock(milestonesOf(ports.commits, new Set(main))) },
    redacted: counted(),
  };
  return fitToModel((budget) => assembleContext(facts, budget, countTokens), asked.budgetTokens, ports.countByModel);
}

/** Why a repository alone has nothing for a block. */
const elsewhere = {
  feedback: "reviews are kept in the fleet's graph; a repository alone has none",
  "failing-checks": "no check was run: the context is made from the committed files",
  task: "the text is the task; it stands in the case",
  decisions: "kept in the fleet's graph; a repository alone has none",
  "decision-dependencies": "kept in the fleet's graph; a repository alone has none",
  tasks: "kept in the fleet's graph; a repository alone has none",
  summary: "kept in the fleet's graph; a repository alone has none",
} as const;

function commitBlock(commits: readonly Commit[]): WrittenBlock {
  const items = commits.map(({ id, day, subject }) => {
    const text = `${id.slice(0, 12)} ${day} ${shownName(subject).slice(0, 120)}`;
    return {
      node: id,
      kind: "commit",
      form: "title",
      text,
      why: "changed what the text is about, or is among the latest",
    } as const;
  });
  return { title: "Milestones: the latest commits about it", items };
}
