import type { FailingCheck } from "../../kernel/failing-check.ts";
import type { BlockDetail, BlockName } from "./block-table.ts";
import { cleanText } from "./clean-text.ts";
import { redactedStart } from "./redact-secrets.ts";
import type { Written, WrittenBlock } from "./written-block.ts";

export type DecisionFact = {
  readonly id: string;
  /** As people name it: `D3`. */
  readonly name: string;
  readonly title: string;
  readonly rationale: string;
  /** Whether it hangs on what the context is for: the task, or its story as a whole. */
  readonly own: boolean;
  /** Files that it affects, where the role is told them. */
  readonly files: readonly string[];
};

export type TaskFact = {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly description: string;
  readonly state: string;
  /** Empty also where the role is not told. */
  readonly dependsOn: readonly number[];
};

/** What the graph knows of a story and a task beside its code; texts as people wrote them. */
export type GraphFacts = {
  readonly story: {
    readonly id: string;
    readonly number: number;
    readonly title: string;
    readonly body: string;
    readonly criteria: readonly { readonly number: number; readonly text: string }[];
  };
  /** The one that the context is for; null: the story as a whole. */
  readonly task:
    | (TaskFact & {
        /** Numbers of the story's criteria; null where the role is not told: then all of them are shown. */
        readonly covers: readonly number[] | null;
      })
    | null;
  /** Rejections, oldest first. */
  readonly feedback: readonly string[];
  /** Checks that failed on the last change. */
  readonly failingChecks: readonly FailingCheck[];
  /** In force, newest first. */
  readonly decisions: readonly DecisionFact[];
  /** DEPENDS_ON between them, by id. */
  readonly decisionDependencies: readonly { readonly from: string; readonly to: string }[];
  readonly tasks: readonly TaskFact[];
  /** The story's timeline, newest first. */
  readonly milestones: readonly { readonly id: string; readonly text: string }[];
  /** Null while there is none. */
  readonly summary: { readonly id: string; readonly text: string; readonly by: "template" | "model" } | null;
};

/** Of a story about which nothing else is known. */
export const emptyFacts = {
  feedback: [],
  failingChecks: [],
  decisions: [],
  decisionDependencies: [],
  tasks: [],
  milestones: [],
  summary: null,
} as const satisfies Partial<GraphFacts>;

/** Which files a block may be about, for what is relevant. */
export type Relevance = { readonly paths: ReadonlySet<string> };

/** The block of one name from the facts, in as much detail as the table gives it; null for the blocks of code. */
export function writeBlock(
  name: BlockName,
  detail: BlockDetail,
  facts: GraphFacts,
  relevance: Relevance,
): WrittenBlock | null {
  switch (name) {
    case "case":
    case "code":
    case "tests":
      return null;
    case "feedback":
      return { title: "Feedback of reviewers, newest first, to be answered by this round", items: feedback(facts) };
    case "failing-checks":
      return { title: "Checks that failed", items: failing(facts) };
    case "task":
      return { title: "The task", items: ownTask(facts, detail) };
    case "decisions":
      return { title: "Decisions in force", items: decisions(facts, detail, relevance) };
    case "decision-dependencies":
      return { title: "What decisions rest on", items: dependencies(facts) };
    case "tasks":
      return { title: "Tasks of the story", items: tasks(facts, detail) };
    case "milestones":
      return { title: "What happened, newest first", items: milestones(facts) };
    case "summary":
      return { title: summaryTitle(facts), items: summary(facts) };
  }
}

/** One line of it, as a title or a name is shown. */
export function oneLine(text: string, length = 200): string {
  return redactedStart(cleanText(text).replace(/\s+/g, " "), length);
}

function feedback({ feedback: texts, task, story }: GraphFacts): readonly Written[] {
  const node = task?.id ?? story.id;
  return texts.toReversed().map((text) => {
    return {
      node,
      kind: "feedback",
      form: "text",
      text: cleanText(text),
      why: "a reviewer's word on an earlier round",
    };
  });
}

const whereFailed = {
  council: "failed on the best candidate of the last council",
  github: "failed on the head of the task's branch",
} as const satisfies Readonly<Record<FailingCheck["by"], string>>;

function failing({ failingChecks, task, story }: GraphFacts): readonly Written[] {
  const node = task?.id ?? story.id;
  return failingChecks.map(({ by, of, name, tests, why }) => {
    const text = [`${oneLine(name)}:`, ...tests.map((test) => `- ${oneLine(test)}`), cleanText(why)].join("\n");
    const ranOn = of === undefined ? {} : by === "council" ? { node: of } : { commit: of };
    return { node, ...ranOn, kind: "check", form: "text", text, why: whereFailed[by] };
  });
}

function ownTask({ task }: GraphFacts, detail: BlockDetail): readonly Written[] {
  if (task === null) return [];
  const description = detail === "short" ? oneLine(task.description, 300) : cleanText(task.description);
  const text = description === "" ? oneLine(task.title) : description;
  return [{ node: task.id, kind: "task", form: "text", text, why: "what is to be done" }];
}

function decisions(facts: GraphFacts, detail: BlockDetail, { paths }: Relevance): readonly Written[] {
  const affects = ({ files }: DecisionFact): boolean => files.some((path) => paths.has(path));
  return facts.decisions.flatMap((decision): readonly Written[] => {
    const { id, name, title, rationale, own } = decision;
    if (detail === "relevant" && !own && !affects(decision)) return [];
    const why =
      detail !== "relevant"
        ? "in force in the story"
        : own
          ? "decided on what this is about, or on the whole story"
          : "affects a file that is shown";
    const heading = `${name}: ${oneLine(title)}`;
    if (detail === "titles") return [{ node: id, kind: "decision", form: "title", text: heading, why }];
    const reasons = cleanText(rationale);
    const text = reasons === cleanText(title) || reasons === "" ? heading : `${heading}\n${reasons}`;
    return [{ node: id, kind: "decision", form: "text", text, why }];
  });
}

function dependencies(facts: GraphFacts): readonly Written[] {
  const names = new Map(facts.decisions.map(({ id, name }) => [id, name]));
  return facts.decisionDependencies.flatMap(({ from, to }): readonly Written[] => {
    const [one, other] = [names.get(from), names.get(to)];
    if (one === undefined || other === undefined) return [];
    const text = `${one} rests on ${other}`;
    return [{ node: from, kind: "decision", form: "title", text, why: "an edge between decisions" }];
  });
}

function tasks(facts: GraphFacts, detail: BlockDetail): readonly Written[] {
  return facts.tasks.map(({ id, number, title, description, state, dependsOn }): Written => {
    const after = dependsOn.length === 0 ? "" : `, after ${dependsOn.join(", ")}`;
    const heading = `${number}. ${oneLine(title)} (${state}${after})`;
    const why = "a task of the story";
    if (detail === "titles") return { node: id, kind: "task", form: "title", text: heading, why };
    const about = cleanText(description);
    return { node: id, kind: "task", form: "text", text: about === "" ? heading : `${heading}\n${about}`, why };
  });
}

function milestones({ milestones: all }: GraphFacts): readonly Written[] {
  return all.map(({ id, text }) => {
    return { node: id, kind: "event", form: "title", text: oneLine(text), why: "the story's timeline" };
  });
}

function summaryTitle({ summary: last }: GraphFacts): string {
  return `The last summary (by ${last?.by === "model" ? "a model" : "template"})`;
}

function summary({ summary: last }: GraphFacts): readonly Written[] {
  if (last === null) return [];
  return [{ node: last.id, kind: "summary", form: "text", text: cleanText(last.text), why: "where the story stands" }];
}
