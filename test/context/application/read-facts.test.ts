import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AccessRecord } from "../../../src/context/application/access/ports.ts";
import { buildContexts } from "../../../src/context/application/build-context.ts";
import { type KeptFacts, readFacts } from "../../../src/context/application/read-facts.ts";
import { sessionText } from "../../../src/context/application/rehydrate-session.ts";
import { type ContextRole, contextRoles } from "../../../src/context/domain/block-table.ts";
import type { ContextViewer } from "../../../src/context/domain/fact-queries.ts";
import { type Phase, phases } from "../../../src/context/domain/phase.ts";
import { readRows } from "../../../src/context/infrastructure/access/graph-entities.ts";
import { graphKnowledge } from "../../../src/context/infrastructure/graph-knowledge.ts";
import { graphSession } from "../../../src/context/infrastructure/graph-session.ts";
import { UserError } from "../../../src/kernel/errors.ts";
import { storyId, type TaskId, taskId } from "../../../src/kernel/ids.ts";
import { openEmbeddedGraph } from "../../../src/platform/graph/embedded-graph.ts";
import { ensureSchema } from "../../../src/platform/graph/schema.ts";
import type { SchemaGraph } from "../../../src/platform/graph/schema-graph.ts";
import { readEvents } from "../../../src/platform/outbox/read-events.ts";
import { thorough } from "../../support/thorough.ts";
import { type KeptStory, keepStory, person, planted, storyShapes } from "./a-kept-story.ts";

let graph: SchemaGraph;
let repository = 100;
const records: AccessRecord[] = [];

beforeAll(async () => {
  graph = await openEmbeddedGraph();
  await ensureSchema(graph);
});
afterAll(() => graph.close());

function viewerOf(story: string, role: ContextRole, phase: Phase, task: TaskId | null): ContextViewer {
  const [, issue = ""] = story.split("-");
  return {
    ...{ installation: 11, repository, role, task, roles: { known: true, roles: [role] } },
    principal: task === null ? { kind: "system" } : { kind: "agent", role, number: 1 },
    context: { story: storyId(repository, Number(issue)), phase },
  };
}

function read(viewer: ContextViewer): Promise<KeptFacts> {
  const recordAccesses = async (_: unknown, accesses: readonly AccessRecord[]) => void records.push(...accesses);
  const deps = { graph, readRows, recordAccesses, knowledge: graphKnowledge, readEvents };
  return readFacts(deps, { viewer, purpose: "test" });
}

/** DOMAIN.md's tables once more, by hand: in which phases a role is shown what of the whole story. */
const all = ["design", "build", "test", "doc"];
const shown: Readonly<
  Record<ContextRole, { readonly tasks: readonly string[]; readonly decisions: readonly string[] }>
> = {
  architect: { tasks: ["build", "test"], decisions: all },
  qa: { tasks: all, decisions: ["design", "build", "test"] },
  developer: { tasks: [], decisions: ["design", "build"] },
  devops: { tasks: [], decisions: ["design", "build"] },
  data: { tasks: [], decisions: ["design", "build"] },
};
const titles: Readonly<Record<string, readonly string[]>> = {
  "architect test": ["tasks", "decisions"],
  "qa build": ["tasks", "decisions"],
  "qa doc": ["tasks"],
};

/** What somebody would give a role who loads the whole story and then filters. */
function filtered(story: KeptStory, role: ContextRole, phase: Phase, task: TaskId | null) {
  const implements_ = role !== "architect" && role !== "qa";
  const isShort = (block: string) => titles[`${role} ${phase}`]?.includes(block) === true;
  const toTask = (each: KeptStory["tasks"][number], short: boolean) => ({
    id: each.id,
    number: each.number,
    title: each.title,
    description: short ? "" : each.description,
    state: each.state,
    dependsOn: role === "qa" ? [] : each.dependsOn,
  });
  const own = story.tasks.find(({ id }) => id === task);
  const inForce = shown[role].decisions.includes(phase)
    ? story.decisions.filter(({ category, status }) => category === "stated" && status === "approved").toReversed()
    : [];
  const hasEdges = (implements_ || role === "architect") && ["design", "build"].includes(phase);
  return {
    story: {
      ...{ id: story.id, number: 12, title: story.title, body: story.description },
      criteria: story.criteria.map((text, index) => ({ number: index + 1, text })),
    },
    task: own === undefined ? null : { ...toTask(own, false), covers: role === "architect" ? null : own.covers },
    failingChecks: implements_ && ["build", "test"].includes(phase) ? (own?.failingChecks ?? []) : [],
    tasks: shown[role].tasks.includes(phase) ? story.tasks.map((each) => toTask(each, isShort("tasks"))) : [],
    decisions: inForce.map(({ id, number, title, rationale, taskId: on, affects }) => ({
      ...{ id, title, name: `D${number}`, rationale: isShort("decisions") ? "" : rationale },
      // Only who is shown what is relevant is told what hangs on the task.
      own: task === null || (implements_ && (on === null || on === task)),
      files: implements_ ? affects.files : [],
    })),
    decisionDependencies: hasEdges
      ? inForce.flatMap(({ id: from, dependencies }) => dependencies.map((to) => ({ from, to })))
      : [],
  };
}

describe("the facts of a context", () => {
  const ports = {
    redact: async (text: string) => ({ text, found: [] }),
    countTokens: (text: string) => Math.ceil(text.length / 4),
  };

  it("are what a filter by DOMAIN.md's tables leaves of the story, and nothing else comes into a context", async () => {
    await fc.assert(
      fc.asyncProperty(storyShapes, fc.constantFrom(...phases), fc.nat(2), async (shape, phase, at) => {
        repository += 1;
        const story = await keepStory(graph, repository, shape);
        const task = story.tasks[at]?.id ?? null;
        for (const role of contextRoles) {
          for (const own of task === null ? [null] : [null, task]) {
            const facts = await read(viewerOf(story.id, role, phase, own));
            expect(facts, `${role} ${phase} ${own}`).toMatchObject(filtered(story, role, phase, own));
            await expectNothingPlanted(facts, role, phase);
          }
        }
      }),
      { numRuns: thorough ? 60 : 8 },
    );
  });

  async function expectNothingPlanted(facts: KeptFacts, role: ContextRole, phase: Phase): Promise<void> {
    const whole = { ...facts, feedback: ["architect: no"] };
    const asked = { facts: whole, role, phase, budgets: [20_000, 200], source: null };
    const { assembled } = await buildContexts(ports, asked);
    const text = JSON.stringify([facts, assembled]);
    expect(text).not.toContain(planted);
    // Who somebody is, the architect may know.
    if (role !== "architect") expect(text).not.toContain(person.login);
  }

  it("of a timeline name people to who may know them, and tell others of their roles", async () => {
    repository += 1;
    const logged = { criteria: 1, plans: [], decisions: [], isLogged: true };
    const story = await keepStory(graph, repository, logged);
    const linesFor = async (role: ContextRole) =>
      (await read(viewerOf(story.id, role, "design", null))).milestones.map(({ text }) => text);
    const [named, unnamed] = [await linesFor("architect"), await linesFor("qa")];
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((line) => line.includes(person.login)).length).toBeGreaterThan(2);
    expect(unnamed).toMatchSnapshot();
    expect(await linesFor("developer")).toEqual([]);
  });

  it("leave a record of each access, with its reader and without a value", async () => {
    repository += 1;
    const shape = { criteria: 1, decisions: [], isLogged: true };
    const task = { type: "code", role: "developer", covers: [1], afterFirst: false } as const;
    const story = await keepStory(graph, repository, { ...shape, plans: [[{ ...task, covers: [1] }]] });
    records.length = 0;
    await read(viewerOf(story.id, "developer", "build", taskId(story.id, 1, 1)));
    await read(viewerOf(story.id, "qa", "design", null));
    expect(
      records.map(({ principal, purpose, outcome, reason, ...access }) => ({ who: principal.kind, ...access })),
    ).toMatchSnapshot();
    expect(JSON.stringify(records)).not.toMatch(/Task 1|As a reader|PLANTED/);
  });

  it("hold a task's own decision, however many others there are in the story", async () => {
    repository += 1;
    const task = { type: "code", role: "developer", covers: [], afterFirst: false } as const;
    const plans = [[0, 1].map(() => ({ ...task, covers: [] }))];
    const stated = { category: "stated", status: "approved", restsOnFirst: false } as const;
    const decisions = [{ ...stated, files: [], on: 0 }];
    const story = await keepStory(graph, repository, { criteria: 0, plans, decisions, isLogged: false });
    const others = Array.from({ length: 250 }, (_, n) => ({
      ...{ id: `${story.id}-d-x${n}`, number: n + 2, story: story.id, installation: 11, repository },
      ...{ title: `Other ${n}`, rationale: "", category: "stated", status: "approved" },
    }));
    await graph.write((tx) =>
      tx.run(
        `MATCH (t:Task {id: $other}) UNWIND $others AS other
         CREATE (d:Decision)-[:AFFECTS]->(t) SET d += other`,
        { other: taskId(story.id, 1, 2), others },
      ),
    );
    const facts = await read(viewerOf(story.id, "developer", "build", taskId(story.id, 1, 1)));
    expect(facts.decisions).toHaveLength(201);
    expect(facts.decisions.filter(({ own }) => own)).toMatchObject([{ name: "D1", title: "Decision 1" }]);
  });

  /** A story whose tasks wait for one another in a circle, and so many decisions on it that rest on one another in a circle. */
  async function keepCircles(number: number): Promise<KeptStory> {
    repository += 1;
    const task = { type: "code", role: "developer", covers: [], afterFirst: false } as const;
    const plans = [[0, 1, 2].map(() => ({ ...task, covers: [] }))];
    const story = await keepStory(graph, repository, { criteria: 0, plans, decisions: [], isLogged: false });
    const previous = (n: number, of: number): number => (n + of - 1) % of;
    const tasks = story.tasks.map(({ id }, n) => ({ id, other: taskId(story.id, 1, previous(n, 3) + 1) }));
    await graph.write((tx) =>
      tx.run(
        `UNWIND $tasks AS task MATCH (t:Task {id: task.id}), (o:Task {id: task.other})
         SET t.dependsOn = [o.number] CREATE (t)-[:DEPENDS_ON]->(o)`,
        { tasks },
      ),
    );
    const all = Array.from({ length: number }, (_, n) => ({
      ...{ id: `${story.id}-d-${n}`, number: n + 1, story: story.id, installation: 11, repository },
      ...{ title: `Decision ${n}`, rationale: `Since D${n}.`, category: "stated", status: "approved" },
    }));
    const edges = all.map(({ id }, n) => ({ id, other: `${story.id}-d-${previous(n, number)}` }));
    await graph.write(async (tx) => {
      await tx.run(`MATCH (s:Story {id: $story}) UNWIND $all AS one CREATE (d:Decision)-[:AFFECTS]->(s) SET d += one`, {
        story: story.id,
        all,
      });
      await tx.run(
        `UNWIND $edges AS edge MATCH (d:Decision {id: edge.id}), (o:Decision {id: edge.other})
         CREATE (d)-[:DEPENDS_ON]->(o)`,
        { edges },
      );
    });
    return story;
  }

  /** Contexts of these facts are within their budgets; the answer is the text of the largest. */
  async function expectWithin(facts: KeptFacts, role: ContextRole, phase: Phase): Promise<string> {
    const budgets = [60, 200, 2_000, 1e12];
    const asked = { facts: { ...facts, feedback: [] }, role, phase, budgets, source: null };
    const { assembled } = await buildContexts(ports, asked);
    const texts = assembled.map((made) => (made.kind === "context" ? made.context.text : null));
    for (const [at, text] of texts.entries())
      expect(text === null ? 0 : ports.countTokens(text), `${role} ${phase}`).toBeLessThanOrEqual(budgets[at] ?? 0);
    expect(texts.slice(2)).not.toContain(null);
    return texts.at(-1) ?? "";
  }

  it.each(thorough ? [3_000, 100_000] : [3_000])(
    "of %d decisions that rest on one another in a circle, as tasks do, are the latest, and never over a budget",
    async (number) => {
      const story = await keepCircles(number);
      const latest = Array.from({ length: 200 }, (_, n) => `D${number - n}`);
      const task = taskId(story.id, 1, 1);
      for (const role of ["architect", "qa", "developer"] as const) {
        for (const phase of phases) {
          for (const own of role === "developer" ? [task] : [null, task]) {
            const facts = await read(viewerOf(story.id, role, phase, own));
            expect(facts.decisions.map(({ name }) => name)).toEqual(
              shown[role].decisions.includes(phase) ? latest : [],
            );
            expect(facts.decisionDependencies.length).toBeLessThanOrEqual(200);
            const text = await expectWithin(facts, role, phase);
            expect((text.match(/^D\d+: /gm) ?? []).length).toBeLessThanOrEqual(200);
          }
        }
      }
      const facts = await read(viewerOf(story.id, "developer", "build", task));
      expect(facts.decisionDependencies).toHaveLength(200);
      const planned = await read(viewerOf(story.id, "architect", "build", null));
      expect(planned.tasks.map(({ dependsOn }) => dependsOn)).toEqual([[3], [1], [2]]);
      await expectSessionWithin(story.id);
    },
    300_000,
  );

  async function expectSessionWithin(story: KeptStory["id"]): Promise<void> {
    const recordAccesses = async () => undefined;
    const deps = { graph, knowledge: graphKnowledge, readEvents, sessionFacts: graphSession, recordAccesses };
    for (const role of ["architect", "qa", "developer", null] as const) {
      const asked = { story, role, asker: { kind: "system" }, purpose: "test", budgetTokens: 300 } as const;
      const session = await sessionText(deps, asked, ports.countTokens);
      expect(ports.countTokens(session?.text ?? "x".repeat(9_999))).toBeLessThanOrEqual(300);
    }
  }

  it("of what is not there, of another installation and of another story get one answer", async () => {
    repository += 1;
    const task = { type: "code", role: "developer", covers: [], afterFirst: false } as const;
    const story = await keepStory(graph, repository, {
      criteria: 0,
      plans: [[{ ...task, covers: [] }]],
      decisions: [],
      isLogged: false,
    });
    const own = viewerOf(story.id, "developer", "build", taskId(story.id, 1, 1));
    const answers = await Promise.all(
      [
        { ...own, installation: 12 },
        { ...own, task: taskId(story.id, 1, 9) },
        {
          ...own,
          task: null,
          principal: { kind: "system" } as const,
          context: { ...own.context, story: storyId(repository, 404) },
        },
      ].map((viewer) =>
        read(viewer).then(String, (error: unknown) => (error instanceof UserError ? error.message : "?")),
      ),
    );
    expect(new Set(answers)).toEqual(new Set(["There is no such story or task here that an agent as developer sees."]));
    const elsewhere = { ...own.context, story: storyId(repository, 13) };
    await expect(read({ ...own, context: elsewhere })).rejects.toThrow("A context is made for an agent");
    expect(records.at(-1)).toMatchObject({ outcome: "denied", rows: 0, columns: 0 });
  });
});
