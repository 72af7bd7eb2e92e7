import fc from "fast-check";
import { fields } from "../../../src/context/domain/access/fields.ts";
import { graphKnowledge } from "../../../src/context/infrastructure/graph-knowledge.ts";
import { type StoryId, storyId, taskId } from "../../../src/kernel/ids.ts";
import type { PlanTask } from "../../../src/kernel/plan.ts";
import type { HumanPrincipal } from "../../../src/kernel/principal.ts";
import { taskTypes } from "../../../src/kernel/states.ts";
import type { UnitOfWork } from "../../../src/kernel/transaction.ts";
import type { Decision } from "../../../src/planning/domain/decision.ts";
import { newStory } from "../../../src/planning/domain/issue-facts.ts";
import { graphDecisions } from "../../../src/planning/infrastructure/graph-decisions.ts";
import { graphStories } from "../../../src/planning/infrastructure/graph-stories.ts";
import { appendEvents } from "../../../src/platform/outbox/append-events.ts";
import type { Task } from "../../../src/workflow/domain/task.ts";
import { graphTasks } from "../../../src/workflow/infrastructure/graph-tasks.ts";
import { aPlan, issueFacts } from "../../planning/a-story.ts";
import { aTask } from "../../workflow/a-task.ts";
import { aLog } from "../a-log.ts";

/** Stands in whatever nobody may be told who is given a context, and nowhere else. */
export const planted = "PLANTED";
/** A person whom only those are told of who may know people. */
export const person: HumanPrincipal = { kind: "human", id: 77, login: "hidden-person" };

const decisionShape = fc.record({
  /** An index into the latest plan's tasks; beyond them: the story as a whole. */
  on: fc.nat(4),
  category: fc.constantFrom("stated", "stated", "review"),
  status: fc.constantFrom("approved", "approved", "proposed", "rejected"),
  files: fc.subarray(["src/a.ts", "src/b.ts"]),
  restsOnFirst: fc.boolean(),
});
const taskShape = fc.record({
  type: fc.constantFrom(...taskTypes),
  role: fc.constantFrom("developer", "qa", "devops", "data"),
  covers: fc.subarray([1, 2]),
  afterFirst: fc.boolean(),
});

/** How a story may stand: how many plans it has had, the tasks of each, and what was decided. */
export const storyShapes = fc.record({
  criteria: fc.nat(2),
  plans: fc.array(fc.array(taskShape, { minLength: 1, maxLength: 3 }), { maxLength: 2 }),
  decisions: fc.array(decisionShape, { maxLength: 5 }),
  isLogged: fc.boolean(),
});

export type StoryShape = typeof storyShapes extends fc.Arbitrary<infer T> ? T : never;

export type KeptStory = {
  readonly id: StoryId;
  readonly title: string;
  /** Its text without the business's notes. */
  readonly description: string;
  readonly criteria: readonly string[];
  /** Those of the latest plan. */
  readonly tasks: readonly Task[];
  readonly decisions: readonly (Decision & { readonly dependencies: readonly string[] })[];
};

/** A story as planning and workflow keep it, with a planted text in every field of DOMAIN.md §4 that they leave empty. */
export async function keepStory(graph: UnitOfWork, repository: number, shape: StoryShape): Promise<KeptStory> {
  const id = storyId(repository, 12);
  const place = { installation: 11, repository };
  const criteria = Array.from({ length: shape.criteria }, (_, n) => `Given ${n}, when it is asked, then it is ${n}.`);
  const text = ["As a reader I want it.", "", "### Acceptance criteria", "", ...criteria.map((each) => `- ${each}`)];
  const notes = ["", "### Business notes", "", `${planted} in the text`];
  const body = [...text, ...notes].join("\n");
  const facts = issueFacts({ ...place, issueNumber: 12, body, author: person });
  const tasks: Task[] = [];
  await graph.write(async (tx) => {
    let { story } = await graphStories.loadOrCreate(tx, newStory(facts));
    for (const [index, plan] of shape.plans.entries()) {
      const version = index + 1;
      const planned = plan.map((task, n) => toPlanTask(task, n + 1, version));
      await graphStories.save(tx, story, { ...story, plan: aPlan({ version, tasks: planned }) }, []);
      story = { ...story, version: story.version + 1, plan: aPlan({ version, tasks: planned }) };
      const made = planned.map((task) =>
        aTask({
          ...{ ...place, ...task, id: taskId(id, version, task.number), storyId: id, storyIssue: 12 },
          ...{ planVersion: version, assignee: null, version: 1, state: "implementing" },
          failingChecks: [{ by: "council", name: "lint", tests: [], why: `On ${task.number} of plan ${version}.` }],
        }),
      );
      await graphTasks.create(tx, made, "@somebody");
      tasks.push(...made);
    }
  });
  const latest = tasks.filter(({ planVersion }) => planVersion === shape.plans.length);
  const decisions = shape.decisions.map((decision, n) => toDecision(id, decision, n + 1, latest));
  await graph.write(async (tx) => {
    for (const [before] of latest.entries()) {
      const task = latest[before];
      if (task !== undefined)
        await graphTasks.save(tx, task, { ...task, assignee: { kind: "person", principal: person } }, []);
    }
    for (const { dependencies: _, ...decision } of decisions) await graphDecisions.create(tx, decision);
    for (const { id: from, dependencies } of decisions)
      await graphKnowledge.link(
        tx,
        dependencies.map((to) => ({
          from: { label: "Decision", id: from },
          type: "DEPENDS_ON",
          to: { label: "Decision", id: to },
        })),
      );
    if (shape.isLogged) await appendEvents(tx, logOf(repository));
    for (const [label, names] of Object.entries(fields))
      for (const [name, { kind, property }] of Object.entries(names))
        if (kind === "text" && property !== null)
          await tx.run(
            `MATCH (n:${label.replace(/^./, (letter) => letter.toUpperCase())} {repository: $repository})
             WITH n WHERE n.${property} IS NULL SET n.${property} = $text`,
            { repository, text: `${planted} ${label} ${name}` },
          );
  });
  return { id, title: facts.title, description: [...text, ""].join("\n"), criteria, tasks: latest, decisions };
}

function logOf(repository: number) {
  const log: unknown = JSON.parse(JSON.stringify(aLog(repository)).replaceAll(/"(?:rita|otto)"/g, `"${person.login}"`));
  return aLog(repository).map((event, n) => (Array.isArray(log) ? { ...event, ...log[n] } : event));
}

function toPlanTask(
  { type, role, covers, afterFirst }: StoryShape["plans"][number][number],
  number: number,
  version: number,
): PlanTask {
  const dependsOn = afterFirst && number > 1 ? [1] : [];
  const title = `Task ${number} of plan ${version}`;
  return { number, title, description: `Do ${number}.`, type, role, estimateHours: 1, dependsOn, covers: [...covers] };
}

function toDecision(story: StoryId, shape: StoryShape["decisions"][number], number: number, tasks: readonly Task[]) {
  const { on, category, status, files, restsOnFirst } = shape;
  return {
    id: `${story}-d-${number}`,
    number,
    storyId: story,
    taskId: tasks[on]?.id ?? null,
    title: `Decision ${number}`,
    rationale: `Because of ${number}.`,
    category,
    status,
    author: person,
    at: "2026-03-01T12:00:00.000Z",
    affects: { pullRequest: null, commit: null, files },
    judgement: null,
    dependencies: restsOnFirst && number > 1 ? [`${story}-d-1`] : [],
  };
}
