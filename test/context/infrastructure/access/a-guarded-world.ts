import fc from "fast-check";
import { storyStates, taskStates, taskTypes } from "../../../../src/kernel/states.ts";
import type { GraphParameter, UnitOfWork } from "../../../../src/kernel/transaction.ts";

/** The people of every world, by their number. */
export const people = [1, 2] as const;

type Text = string;
export type Story = {
  readonly id: Text;
  readonly state: Text;
  readonly title: Text;
  readonly epics: readonly Text[];
  readonly labels: readonly Text[];
  readonly budget: number | null;
  readonly businessNotes: Text | null;
  /** Of its latest plan; null where there is none. */
  readonly planVersion: number | null;
};
export type Task = {
  readonly id: Text;
  readonly story: Text;
  readonly plan: Text;
  readonly planVersion: number;
  readonly type: Text;
  readonly state: Text;
  readonly title: Text;
  readonly estimate: number | null;
  /** The number of the person who has it. */
  readonly person: number | null;
  readonly failingChecks: readonly string[] | null;
};
export type Decision = {
  readonly id: Text;
  readonly story: Text;
  readonly task: Text | null;
  readonly category: Text;
  readonly title: Text;
  readonly author: number;
  readonly costImpact: Text | null;
  readonly number: number;
  /** The ids of those that it rests on. */
  readonly dependencies: readonly Text[];
};
export type Plan = {
  readonly id: Text;
  readonly story: Text;
  readonly version: number;
  readonly budget: number | null;
};
export type Epic = {
  readonly id: Text;
  readonly title: Text;
  readonly people: readonly number[];
  readonly budget: number;
};

/** All that there is in one repository. */
export type Place = {
  readonly installation: number;
  readonly repository: number;
  readonly epics: readonly Epic[];
  readonly stories: readonly Story[];
  readonly plans: readonly Plan[];
  readonly tasks: readonly Task[];
  readonly decisions: readonly Decision[];
};

/** Few words, so that titles are the same often; every business note and cost holds one that nothing else holds. */
const word = fc.constantFrom("alpha", "Beta", "gamma", "al");
export const secret = "confidential";
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
const person = fc.constantFrom(...people);

const storyShape = fc.record({
  state: fc.constantFrom(...storyStates),
  title: word,
  epics: fc.subarray([0, 1]),
  labels: fc.subarray(["area/a", "area/b"]),
  budget: maybe(fc.integer({ min: 1, max: 9 })),
  businessNotes: maybe(fc.constant(secret)),
  plans: fc.array(
    fc.array(
      fc.record({
        type: fc.constantFrom(...taskTypes),
        state: fc.constantFrom(...taskStates),
        title: word,
        estimate: maybe(fc.integer({ min: 1, max: 3 })),
        person: maybe(person),
        failingChecks: maybe(fc.array(word, { minLength: 1, maxLength: 2 })),
      }),
      { maxLength: 3 },
    ),
    { maxLength: 2 },
  ),
  decisions: fc.array(
    fc.record({
      on: fc.nat(8),
      category: fc.constantFrom("stated", "review"),
      title: word,
      author: person,
      costImpact: maybe(fc.constant(secret)),
      restsOnFirst: fc.boolean(),
    }),
    { maxLength: 3 },
  ),
});
const epicShape = fc.record({ title: word, people: fc.subarray([...people]), budget: fc.integer({ min: 1, max: 9 }) });
const placeShape = fc.record({
  epics: fc.array(epicShape, { minLength: 2, maxLength: 2 }),
  stories: fc.array(storyShape, { maxLength: 4 }),
});

/** Two installations; the first has two repositories. Numbers begin at `base`, so that worlds share a store. */
export function worlds(): fc.Arbitrary<(base: number) => readonly Place[]> {
  return fc
    .tuple(placeShape, placeShape, placeShape)
    .map((shapes) => (base) => shapes.map((shape, n) => toPlace(shape, n < 2 ? base : base + 1, base + n)));
}

type PlaceShape = typeof placeShape extends fc.Arbitrary<infer T> ? T : never;

function toPlace({ epics, stories }: PlaceShape, installation: number, repository: number): Place {
  const storyId = (n: number) => `${repository}-${n + 1}`;
  const planId = (n: number, version: number) => `${storyId(n)}-p${version + 1}`;
  const tasks = stories.flatMap((story, n) =>
    story.plans.flatMap((plan, version) =>
      plan.map((task, t) => ({
        ...task,
        id: `${planId(n, version)}-t${t + 1}`,
        story: storyId(n),
        plan: planId(n, version),
        planVersion: version + 1,
      })),
    ),
  );
  return {
    installation,
    repository,
    epics: epics.map((epic, n) => ({ ...epic, id: `${repository}-m${n}` })),
    stories: stories.map((story, n) => ({
      ...story,
      planVersion: story.plans.length || null,
      id: storyId(n),
      epics: story.epics.map((e) => `${repository}-m${e}`),
    })),
    plans: stories.flatMap((story, n) =>
      story.plans.map((_, version) => ({
        id: planId(n, version),
        story: storyId(n),
        version: version + 1,
        budget: story.budget,
      })),
    ),
    tasks,
    decisions: stories.flatMap((story, n) =>
      story.decisions.map(({ restsOnFirst, ...decision }, d) => ({
        ...decision,
        id: `${storyId(n)}-d-${d}`,
        number: d + 1,
        dependencies: restsOnFirst && d > 0 ? [`${storyId(n)}-d-0`] : [],
        story: storyId(n),
        // Beyond its tasks: the story as a whole.
        task: tasks.filter((task) => task.story === storyId(n))[decision.on]?.id ?? null,
      })),
    ),
  };
}

/**
 * One world in which each rule of the rows keeps something from somebody: three places alike, whose people are the same, in the
 * order of `worlds`.
 */
export function fullWorld(base: number): readonly Place[] {
  type Task = PlaceShape["stories"][number]["plans"][number][number];
  const task = (type: Task["type"], person: Task["person"]): Task => {
    return { type, person, state: "todo", title: "al", estimate: 1, failingChecks: ["alpha"] };
  };
  const decision = (on: number, category: "stated" | "review", restsOnFirst = false) => {
    return { on, category, restsOnFirst, title: "gamma", author: 1, costImpact: secret } as const;
  };
  const hidden = { title: "alpha", budget: 3, businessNotes: secret } as const;
  // Beyond its tasks.
  const whole = 8;
  const shape: PlaceShape = {
    epics: [
      { title: "Beta", people: [1], budget: 1 },
      { title: "Beta", people: [1, 2], budget: 1 },
      { title: "Beta", people: [], budget: 1 },
    ],
    stories: [
      {
        ...{ ...hidden, state: "testing", epics: [0], labels: ["area/a"] },
        plans: [
          [task("code", 1), task("test", 2), task("devops", null)],
          [task("data", null), task("test", null), task("code", 1)],
        ],
        decisions: [decision(5, "stated"), decision(1, "review", true), decision(whole, "stated", true)],
      },
      {
        ...{ ...hidden, state: "in-progress", epics: [0, 1], labels: [] },
        plans: [[task("code", 2), task("test", 1), task("docs", 1)]],
        decisions: [decision(0, "stated"), decision(whole, "review", true), decision(1, "stated", true)],
      },
      {
        ...{ ...hidden, state: "carry-over", epics: [2], labels: [] },
        plans: [[task("code", null)]],
        decisions: [decision(0, "stated")],
      },
    ],
  };
  return [0, 1, 2].map((n) => {
    const place = toPlace(shape, n < 2 ? base : base + 1, base + n);
    const [first, ...others] = place.decisions;
    // The first one rests on one of another story.
    const dependencies = others.filter(({ story }) => story !== first?.story).map(({ id }) => id);
    return first === undefined ? place : { ...place, decisions: [{ ...first, dependencies }, ...others] };
  });
}

/** Ties the places of the full world to the first one: what is elsewhere is not seen from there. */
export async function tieAcross(graph: UnitOfWork, [first, ...others]: readonly Place[]): Promise<void> {
  const repository = first?.repository ?? 0;
  await graph.write(async (tx) => {
    for (const other of others) {
      await tx.run("MATCH (e:Epic {id: $epic}), (s:Story {id: $story}) CREATE (e)-[:CONTAINS]->(s)", {
        epic: `${other.repository}-m2`,
        story: `${repository}-1`,
      });
      await tx.run("MATCH (d:Decision {id: $from}), (o:Decision {id: $to}) CREATE (d)-[:DEPENDS_ON]->(o)", {
        from: `${repository}-1-d-1`,
        to: `${other.repository}-1-d-0`,
      });
    }
  });
}

/** Writes a world as the repositories of planning and workflow would. */
export async function storeWorld(graph: UnitOfWork, places: readonly Place[]): Promise<void> {
  await graph.write(async (tx) => {
    for (const n of people)
      await tx.run("MERGE (p:Person {id: $id}) SET p.login = $login", { id: `human:${n}`, login: `person${n}` });
    for (const [label, nodes] of Object.entries(nodesOf(places)))
      await tx.run(`UNWIND $nodes AS node CREATE (n:${label}) SET n += node`, { nodes });
    for (const [from, type, to, edges] of edgesOf(places))
      await tx.run(
        `UNWIND $edges AS edge MATCH (a:${from} {id: edge.from}), (b:${to} {id: edge.to}) CREATE (a)-[:${type}]->(b)`,
        { edges },
      );
  });
}

function nodesOf(places: readonly Place[]): Readonly<Record<string, readonly GraphParameter[]>> {
  const inPlace = <T>(pick: (place: Place) => readonly T[], toNode: (item: T) => Record<string, GraphParameter>) =>
    places.flatMap((place) =>
      pick(place).map((item) => ({
        ...toNode(item),
        installation: place.installation,
        repository: place.repository,
      })),
    );
  return {
    Epic: inPlace(
      ({ epics }) => epics,
      ({ people: _, ...epic }) => epic,
    ),
    Story: inPlace(
      ({ stories }) => stories,
      ({ id, state, title, labels, budget, businessNotes, planVersion }) => {
        return { id, state, title, labels, budget, businessNotes, planVersion };
      },
    ),
    Plan: inPlace(
      ({ plans }) => plans,
      (plan) => plan,
    ),
    Task: inPlace(
      ({ tasks }) => tasks,
      ({ id, story, type, state, title, estimate, planVersion, failingChecks }) => {
        const failing = failingChecks === null ? null : JSON.stringify(failingChecks);
        return { id, story, type, state, title, estimateHours: estimate, planVersion, failingChecks: failing };
      },
    ),
    Decision: inPlace(
      ({ decisions }) => decisions,
      ({ id, number, story, task, category, title, costImpact }) => {
        return { id, number, story, task, category, title, costImpact };
      },
    ),
  };
}

type Edge = { readonly from: string; readonly to: string };

function edgesOf(places: readonly Place[]): readonly (readonly [string, string, string, readonly Edge[]])[] {
  const all = <T>(pick: (place: Place) => readonly T[]) => places.flatMap(pick);
  const [epics, stories] = [all((place) => place.epics), all((place) => place.stories)];
  const [plans, tasks, decisions] = [
    all((place) => place.plans),
    all((place) => place.tasks),
    all((place) => place.decisions),
  ];
  return [
    ["Epic", "ASSIGNED_TO", "Person", epics.flatMap((e) => e.people.map((n) => ({ from: e.id, to: `human:${n}` })))],
    ["Epic", "CONTAINS", "Story", stories.flatMap((s) => s.epics.map((from) => ({ from, to: s.id })))],
    ["Story", "HAS_PLAN", "Plan", plans.map(({ id, story }) => ({ from: story, to: id }))],
    ["Plan", "HAS_TASK", "Task", tasks.map(({ id, plan }) => ({ from: plan, to: id }))],
    [
      "Task",
      "ASSIGNED_TO",
      "Person",
      tasks.flatMap((t) => (t.person === null ? [] : [{ from: t.id, to: `human:${t.person}` }])),
    ],
    ["Decision", "AFFECTS", "Task", decisions.flatMap((d) => (d.task === null ? [] : [{ from: d.id, to: d.task }]))],
    ["Decision", "AFFECTS", "Story", decisions.flatMap((d) => (d.task === null ? [{ from: d.id, to: d.story }] : []))],
    ["Decision", "DEPENDS_ON", "Decision", decisions.flatMap((d) => d.dependencies.map((to) => ({ from: d.id, to })))],
    ["Decision", "AUTHORED_BY", "Person", decisions.map((d) => ({ from: d.id, to: `human:${d.author}` }))],
  ];
}
