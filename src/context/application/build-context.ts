import { type Assembled, assembleContext, type ContextFacts } from "../domain/assemble-context.ts";
import { blocksFor, type ContextRole } from "../domain/block-table.ts";
import { cleanText } from "../domain/clean-text.ts";
import { type Choice, candidatesOf } from "../domain/code/choose-code.ts";
import { moreCode } from "../domain/more-code.ts";
import type { Phase } from "../domain/phase.ts";
import type { WrittenBlock } from "../domain/written-block.ts";
import { type GraphFacts, oneLine, writeBlock } from "../domain/written-facts.ts";
import { countRedacted } from "./count-redacted.ts";
import { fitTextToModel, fitToModel } from "./fit-to-model.ts";
import type { CodeSource, ContextPorts } from "./ports.ts";
import { readLines } from "./read-lines.ts";

export type ContextAsked = {
  readonly facts: GraphFacts;
  readonly role: ContextRole;
  readonly phase: Phase;
  /** One context for each budget, of the same facts and the same choice of code. */
  readonly budgets: readonly number[];
  /** Null where there is no repository to read. */
  readonly source: CodeSource | null;
};

/** What says which code a context is about. */
export type AboutFacts = {
  readonly story: Pick<GraphFacts["story"], "title" | "body" | "criteria">;
  readonly task: Pick<NonNullable<GraphFacts["task"]>, "title" | "description" | "covers"> | null;
  readonly feedback: readonly string[];
};

export type BuiltContexts = {
  /** In the order of the budgets. */
  readonly assembled: readonly Assembled[];
  /** Files that it is about, the likeliest first. */
  readonly paths: readonly string[];
  /** Code beside what the first context shows, within so many tokens: the tests, or whatever else may matter. */
  more(slice: "tests" | "wide", tokens: number): Promise<string>;
};

const noLines: ReadonlyMap<string, readonly string[]> = new Map();
const noCode: Choice = { chosen: [], over: [] };

/**
 * Builds the context of a task (or a story) for a role and a phase (DOMAIN.md §5): the blocks of the table, from the graph
 * and the code of one commit, without secrets, never above a budget. The same facts and commit give the same context.
 */
export async function buildContexts(ports: ContextPorts, asked: ContextAsked): Promise<BuiltContexts> {
  const { facts, role, phase } = asked;
  const { countTokens } = ports;
  const { redact, counted } = countRedacted(ports.redact);
  const blocks = blocksFor(role, phase);
  const about = await redact(aboutText(facts));
  // The task may be about code that no block of this role shows: then nothing is looked for.
  const source = showsCode(role, phase) ? asked.source : null;
  const choice = source === null ? noCode : await source.choose(about);
  const main = choice.chosen.filter(({ isMain, entry }) => isMain && !entry.test);
  const paths = [...new Set(main.map(({ entry }) => entry.path))];
  const lines = source === null ? noLines : await readLines(source, choice.chosen, redact);
  const written: Partial<Record<(typeof blocks)[number]["name"], WrittenBlock>> = {};
  for (const { name, detail } of blocks) {
    const block = writeBlock(name, detail, facts, { paths: new Set(paths) });
    if (block === null) continue;
    const items = [];
    // Cut afterwards: half of a secret is not known for one.
    for (const item of block.items.slice(0, mostItems))
      items.push({ ...item, text: (await redact(item.text)).slice(0, longestItem) });
    written[name] = { title: block.title, items };
  }
  const linesOf = (path: string): readonly string[] => lines.get(path) ?? [];
  const made: ContextFacts = {
    heading: await redact(headingOf(asked)),
    about: await redact(cleanText(askedFor(facts))),
    nodes: facts.task === null ? [facts.story.id] : [facts.task.id, facts.story.id],
    ...{ role, phase, commit: source?.commit ?? null, written, absent: absentFrom(facts, source), linesOf },
    candidates: candidatesOf(choice.chosen, about, linesOf),
    over: choice.over,
    redacted: counted(),
  };
  const { countByModel } = ports;
  const assembled: Assembled[] = [];
  for (const budget of asked.budgets)
    assembled.push(await fitToModel((within) => assembleContext(made, within, countTokens), budget, countByModel));
  const shown = assembled[0]?.kind === "context" ? assembled[0].context : null;
  const more: BuiltContexts["more"] = (slice, tokens) =>
    fitTextToModel(({ limit }) => moreCode(made, shown, slice, limit, countTokens), tokens, countByModel);
  return { assembled, paths, more };
}

/** A story of 100,000 decisions: no budget holds more of a block than these, in characters of each. */
const mostItems = 200;
const longestItem = 20_000;

export function showsCode(role: ContextRole, phase: Phase): boolean {
  return blocksFor(role, phase).some(({ name }) => name === "code");
}

/** What the code is looked for by, before secrets are taken out. */
export function aboutText({ story, task, feedback }: AboutFacts): string {
  const criteria = story.criteria.filter(isAskedFor(task));
  return [
    story.title,
    task?.title ?? "",
    task?.description ?? "",
    ...criteria.map(({ text }) => text),
    ...feedback,
    ...(task === null ? [story.body] : []),
  ].join("\n");
}

function isAskedFor(task: AboutFacts["task"]): (criterion: { readonly number: number }) => boolean {
  return ({ number }) => task?.covers?.includes(number) ?? true;
}

/** The criteria of the task, numbered, and the story as it was written. */
function askedFor({ story, task }: GraphFacts): string {
  if (task === null) return story.body;
  const own = story.criteria.filter(isAskedFor(task));
  return [...own.map(({ number, text }) => `${number}. ${text}`), "", story.body].join("\n");
}

function headingOf({ facts: { story, task }, role, phase }: ContextAsked): string {
  return [
    `Story #${story.number}: ${oneLine(story.title)}`,
    ...(task === null ? [] : [`Task ${task.number}: ${oneLine(task.title)}`]),
    `Role: ${role}. Phase: ${phase}.`,
  ].join("\n");
}

function absentFrom(facts: GraphFacts, source: CodeSource | null): ContextFacts["absent"] {
  return {
    feedback: "nobody has rejected anything",
    "failing-checks": "no check is known to have failed",
    task: facts.task === null ? "it is about the story as a whole" : "the task has no words of its own",
    decisions: "none is in force that matters here",
    "decision-dependencies": "no decision rests on another",
    tasks: "the story has no tasks yet",
    milestones: "nothing has happened yet",
    summary: "there is none yet",
    ...(source === null ? { code: "no repository could be read", tests: "no repository could be read" } : {}),
  };
}
