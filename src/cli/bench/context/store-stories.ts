import type { EventBody } from "../../../kernel/event.ts";
import { createNewId, type StoryId, storyId, type TaskId, taskId } from "../../../kernel/ids.ts";
import type { PlanTask } from "../../../kernel/plan.ts";
import type { HumanPrincipal } from "../../../kernel/principal.ts";
import type { GraphParameter } from "../../../kernel/transaction.ts";
import type { Story } from "../../../planning/domain/story.ts";
import { planId, planProperties, storyProperties, textProperties } from "../../../planning/infrastructure/story-row.ts";
import type { Graph } from "../../../platform/graph/graph.ts";
import { eventRow } from "../../../platform/outbox/append-events.ts";
import type { Task } from "../../../workflow/domain/task.ts";
import { taskProperties } from "../../../workflow/infrastructure/task-row.ts";
import { createRandom } from "../seeded-random.ts";
import type { SampleRepository } from "./sample-repository.ts";

/** What each story has; `Transition` and `Proposal` stand for what contexts walk past. */
export const nodesOfStory = {
  Story: 1,
  Plan: 1,
  Task: 4,
  Decision: 6,
  Event: 40,
  Transition: 30,
  Deliberation: 4,
  Proposal: 12,
  Summary: 1,
} as const;

/** Nodes by one statement. */
const chunk = 1_000;
const start = Date.parse("2026-01-05T08:00:00Z");
const person: HumanPrincipal = { kind: "human", id: 7, login: "bench" };

export type StoredStories = { readonly tasks: readonly { readonly story: StoryId; readonly task: TaskId }[] };

/** Stores so many stories of one repository with all that hangs on them, about its files, functions and words. */
export async function storeStories(
  graph: Graph,
  place: { readonly installation: number; readonly repository: number },
  count: number,
  about: SampleRepository,
): Promise<StoredStories> {
  const random = createRandom(place.repository);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(all.length * random())] ?? (all[0] as T);
  const text = (words: number) => Array.from({ length: words }, () => pick(about.words)).join(" ");
  const newId = createNewId(() => start);
  const rows: Record<string, GraphParameter[]> = {};
  const edges: Record<string, GraphParameter[]> = {};
  const steps: Record<"Story" | "Task", GraphParameter[]> = { Story: [], Task: [] };
  const node = (label: string, row: GraphParameter) => put(rows, label, row);
  const edge = (shape: string, from: string, to: string) => put(edges, shape, { from, to });
  const tasks: { story: StoryId; task: TaskId }[] = [];

  for (let n = 1; n <= count; n += 1) {
    const id = storyId(place.repository, n);
    const planned = Array.from({ length: nodesOfStory.Task }, (_, t): PlanTask => {
      const [name, path] = [pick(about.names), pick(about.paths)];
      return {
        ...{ number: t + 1, title: `Change ${name} for ${text(2)}`, type: "code", role: "developer", estimateHours: 2 },
        description: `\`${name}\` must ${text(8)}. Look at ${path} as well: ${text(20)}.`,
        dependsOn: t === 0 ? [] : [t],
        covers: [1 + (t % 3)],
      };
    });
    const story = storyOf(id, n, place, planned, text);
    node("Story", { ...storyProperties(story), ...textProperties(story) });
    if (story.plan !== null) node("Plan", planProperties(story, story.plan));
    edge("Story HAS_PLAN Plan", id, planId(id, 1));
    for (const each of planned) {
      const task = taskOf(story, each, pick(about.words));
      node("Task", taskProperties(task));
      edge("Plan HAS_TASK Task", planId(id, 1), task.id);
      for (const other of each.dependsOn) edge("Task DEPENDS_ON Task", task.id, taskId(id, 1, other));
      tasks.push({ story: id, task: task.id });
    }
    for (let d = 1; d <= nodesOfStory.Decision; d += 1) {
      const task = d % 3 === 0 ? null : taskId(id, 1, 1 + (d % nodesOfStory.Task));
      const affects = { pullRequest: null, commit: null, files: [pick(about.paths)] };
      node("Decision", {
        ...{ ...place, id: `${id}-d-${d}`, number: d, story: id, task, title: text(6), rationale: text(40) },
        ...{ category: d % 2 === 0 ? "stated" : "review", status: "approved", at: at(d) },
        ...{ author: JSON.stringify(person), affects: JSON.stringify(affects) },
      });
      edge(task === null ? "Decision AFFECTS Story" : "Decision AFFECTS Task", `${id}-d-${d}`, task ?? id);
      if (d > 2) edge("Decision DEPENDS_ON Decision", `${id}-d-${d}`, `${id}-d-${d - 2}`);
    }
    for (let e = 0; e < nodesOfStory.Event; e += 1) {
      const task = e % 4 === 0 ? null : taskId(id, 1, 1 + (e % nodesOfStory.Task));
      const subject = { ...place, story: id, task };
      const envelope = { id: newId(), version: 1, occurredAt: at(e), producer: "bench", correlationId: id } as const;
      node("Event", eventRow({ ...envelope, causationId: null, subject, ...bodyOf(task, text) }));
    }
    for (let t = 0; t < nodesOfStory.Transition; t += 1) {
      const step = { sequence: t, at: at(t), reason: text(5) };
      if (t % 3 === 0) steps.Story.push({ ...step, owner: id });
      else steps.Task.push({ ...step, owner: taskId(id, 1, 1 + (t % nodesOfStory.Task)) });
    }
    for (let d = 0; d < nodesOfStory.Deliberation; d += 1) {
      const own = { ...place, id: `${id}-b-${d}`, story: id, task: taskId(id, 1, 1 + d), status: "completed" };
      node("Deliberation", { ...own, tokensIn: 9_000, tokensOut: 1_500, ms: 60_000 });
      for (let p = 0; p < nodesOfStory.Proposal / nodesOfStory.Deliberation; p += 1) {
        node("Proposal", { id: `${own.id}-${p}`, member: p });
        edge("Deliberation PRODUCED Proposal", own.id, `${own.id}-${p}`);
      }
    }
    node("Summary", { id, text: text(60), by: "template", at: at(1), upTo: newId() });
  }

  for (const [label, all] of Object.entries(rows))
    await inChunks(graph, all, `UNWIND $rows AS row CREATE (n:${label}) SET n += row`);
  for (const [label, all] of Object.entries(steps))
    await inChunks(
      graph,
      all,
      `UNWIND $rows AS row MATCH (a:${label} {id: row.owner})
       CREATE (a)-[:NEXT]->(n:Transition) SET n.sequence = row.sequence, n.at = row.at, n.reason = row.reason`,
    );
  for (const [shape, all] of Object.entries(edges)) {
    const [from, type, to] = shape.split(" ");
    const cypher = `UNWIND $rows AS row MATCH (a:${from} {id: row.from}) MATCH (b:${to} {id: row.to}) CREATE (a)-[:${type}]->(b)`;
    await inChunks(graph, all, cypher);
  }
  return { tasks };
}

function put(lists: Record<string, GraphParameter[]>, name: string, row: GraphParameter): void {
  const list = lists[name];
  if (list === undefined) lists[name] = [row];
  else list.push(row);
}

function at(minutes: number): string {
  return new Date(start + minutes * 60_000).toISOString();
}

type Text = (words: number) => string;

function storyOf(
  id: StoryId,
  issueNumber: number,
  place: { readonly installation: number; readonly repository: number },
  tasks: readonly PlanTask[],
  text: Text,
): Story {
  const title = `Let readers ${text(4)}`;
  const criteria = [1, 2, 3].map((n) => `${n}. Given ${text(5)} When ${text(4)} Then ${text(6)}`);
  const body = `As a reader I want ${text(8)} so that ${text(8)}.\n\n## Acceptance criteria\n${criteria.join("\n")}\n\n${text(40)}`;
  return {
    ...{ id, version: 3, ...place, owner: "bench", repo: `r${place.repository}`, issueNumber, title, body },
    ...{ bodyHash: "0", edited: null, issueUpdatedAt: at(0), labels: ["fleet:story"], openBlockers: 0 },
    ...{ milestone: null, parent: null, withdrawn: false, author: { id: person.id, login: person.login } },
    ...{ state: "in-progress", approvedBodyHash: "0", planFeedback: [], deadline: null, note: null, putBack: null },
    plan: { version: 1, hash: "0", tasks, source: "council", status: "approved", derivedAt: at(1) },
    handled: [],
  };
}

function taskOf(story: Story, task: PlanTask, word: string): Task {
  const { id, installation, repository, owner, repo, issueNumber } = story;
  return {
    ...{ id: taskId(id, 1, task.number), version: 2, storyId: id, installation, repository, owner, repo },
    ...{ ...task, storyIssue: issueNumber, planVersion: 1, state: "implementing", issueNumber: null },
    ...{ branch: `fleet/${issueNumber}/${task.number}-${word}`, pullRequest: null, assignee: { kind: "council" } },
    ...{ leaseExpiresAt: null, round: 1, retries: 0, councilGaveUp: null, headSha: null, headTree: null },
    ...{ authors: [], authorsKnown: true, approvals: [], feedback: [], note: null, merged: false, mergeSha: null },
    ...{ createdAt: at(0), stateSince: at(0), deadlines: [], handled: [] },
  };
}

/** What a timeline tells in the main: steps of both machines. */
function bodyOf(task: TaskId | null, text: Text): EventBody {
  const step = { principal: person, role: "developer", reason: text(8), deliveryId: null } as const;
  if (task === null)
    return {
      type: "planning.story.transitioned",
      payload: { ...step, action: "start", from: "ready-for-execution", to: "in-progress" },
    };
  const trees = { headTree: null, headSha: null };
  return {
    type: "workflow.task.transitioned",
    payload: { ...step, ...trees, action: "claim-task", from: "todo", to: "implementing" },
  };
}

async function inChunks(graph: Graph, all: readonly GraphParameter[], cypher: string): Promise<void> {
  for (let from = 0; from < all.length; from += chunk)
    await graph.write((tx) => tx.run(cypher, { rows: all.slice(from, from + chunk) }));
}
