import { z } from "zod";
import { failingChecksSchema } from "../../kernel/failing-check.ts";
import { planTaskSchema } from "../../kernel/plan.ts";
import type { FactName } from "./fact-queries.ts";
import type { GraphFacts } from "./written-facts.ts";

/** The rows that a query was answered with; none where it was not asked. A field that the role is not told is not in them. */
export type RowsOf = (name: FactName) => readonly Readonly<Record<string, unknown>>[];

const storyRow = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string().default(""),
  criteria: z.array(z.string()).default([]),
});
const taskRow = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string().default(""),
  status: z.string(),
  dependencies: z.array(z.int()).default([]),
  criteria: z.array(z.int()).exactOptional(),
  failingChecks: failingChecksSchema.default([]),
});
const planRow = z.object({ taskBreakdown: z.array(planTaskSchema) });
const decisionRow = z.object({
  id: z.string(),
  number: z.int(),
  title: z.string(),
  rationale: z.string().default(""),
  affectedComponents: z.array(z.string()).default([]),
  dependencies: z.array(z.string()).default([]),
});

type FromRows = Omit<GraphFacts, "feedback" | "milestones" | "summary">;

/** What the rows say of a story; null where the story is not among them. */
export function factsOfRows(rowsOf: RowsOf): FromRows | null {
  const [storyFound] = rowsOf("story");
  if (storyFound === undefined) return null;
  const { id, title, description, criteria } = storyRow.parse(storyFound);
  const own = rowsOf("ownDecisions").map((row) => decisionRow.parse(row));
  const isOwn = new Set(own.map(({ id: each }) => each));
  const others = rowsOf("decisions").map((row) => decisionRow.parse(row));
  const decisions = [...own, ...others.filter((each) => !isOwn.has(each.id))].sort((a, b) => b.number - a.number);
  const [taskFound] = rowsOf("task");
  return {
    story: {
      id,
      number: lastNumber(id),
      title,
      body: description,
      criteria: criteria.map((text, index) => ({ number: index + 1, text })),
    },
    task: taskFound === undefined ? null : ownTask(taskFound, rowsOf("plan")[0]),
    failingChecks: taskFound === undefined ? [] : taskRow.parse(taskFound).failingChecks,
    tasks: rowsOf("tasks")
      .map(toTask)
      .sort((a, b) => a.number - b.number),
    decisions: decisions.map(({ affectedComponents, number, dependencies: _, ...decision }) => ({
      ...decision,
      name: `D${number}`,
      // Of a story as a whole everything is its own.
      own: taskFound === undefined || isOwn.has(decision.id),
      files: affectedComponents,
    })),
    decisionDependencies: decisions.flatMap(({ id: from, dependencies }) => dependencies.map((to) => ({ from, to }))),
  };
}

function toTask(row: unknown): FromRows["tasks"][number] {
  const { id, title, description, status, dependencies } = taskRow.parse(row);
  return { id, number: lastNumber(id), title, description, state: status, dependsOn: dependencies };
}

function ownTask(row: unknown, plan: unknown): NonNullable<FromRows["task"]> {
  const task = toTask(row);
  const planned = plan === undefined ? [] : planRow.parse(plan).taskBreakdown;
  const covers = taskRow.parse(row).criteria ?? planned.find(({ number }) => number === task.number)?.covers ?? null;
  return { ...task, covers };
}

/** `7-12` is story 12, `7-12-p1-t2` is task 2. */
function lastNumber(id: string): number {
  return Number(/\d+$/.exec(id)?.[0]);
}
