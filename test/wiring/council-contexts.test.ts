import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explainAccess } from "../../src/context/application/access/explain-access.ts";
import { blocksFor } from "../../src/context/domain/block-table.ts";
import { graphKnowledge } from "../../src/context/infrastructure/graph-knowledge.ts";
import { redactText } from "../../src/context/infrastructure/redact-text.ts";
import type { DeliberationJob } from "../../src/deliberation/application/job.ts";
import { systemPrompt } from "../../src/deliberation/application/prompts/shared-prefix.ts";
import { requestDeliberation } from "../../src/deliberation/application/request-deliberation.ts";
import { runDeliberation } from "../../src/deliberation/application/run-deliberation.ts";
import { type DeliberationKind, deliberationKinds } from "../../src/deliberation/domain/deliberation.ts";
import type { Role } from "../../src/kernel/roles.ts";
import { graphAuditLog } from "../../src/monitoring/infrastructure/graph-audit-log.ts";
import { createMemoryCache } from "../../src/platform/cache/memory-cache.ts";
import { ensureSchema } from "../../src/platform/graph/schema.ts";
import { readEvents } from "../../src/platform/outbox/read-events.ts";
import { createContextFacts } from "../../src/wiring/context-facts.ts";
import { contextViewer, readsAbout } from "../../src/wiring/context-viewer.ts";
import { createCouncilContexts } from "../../src/wiring/council-contexts.ts";
import { createOpenCode } from "../../src/wiring/open-code.ts";
import { keepStory, person, planted } from "../context/application/a-kept-story.ts";
import { committed, git } from "../context/committed-repository.ts";
import { base, edit } from "../deliberation/a-council.ts";
import { openDeliberations, storyFacts, taskFacts } from "../deliberation/a-deliberation.ts";
import { collector, members, realPrompting } from "../deliberation/council-of.ts";
import { memoryBench, type Prompt, scriptedModels } from "../deliberation/memory-bench.ts";

const directory = mkdtempSync(join(tmpdir(), "council-contexts-"));
const prompting = await realPrompting();
const acceptance = { "test/story-12-criterion-1.test.js": "import { sum } from '../src/sum.js';\nsum(1, 2);\n" };
const branch = "fleet/12/t1-limit";
let world: Awaited<ReturnType<typeof openDeliberations>>;
let contexts: ReturnType<typeof createCouncilContexts>;
let source: NonNullable<DeliberationJob["source"]>;

/** A story with a task that went into its second round: the acceptance test of the first is on the task's branch. */
beforeAll(async () => {
  committed(directory, {
    ...base,
    "src/sum.js": `${base["src/sum.js"]}export const total = (list) => list.reduce(sum, 0);\n`,
  });
  const baseSha = git(directory, "rev-parse", "HEAD");
  git(directory, "checkout", "--quiet", "-b", branch);
  committed(directory, acceptance);
  source = { mirror: join(directory, ".git"), baseSha, startSha: git(directory, "rev-parse", "HEAD") };
  world = await openDeliberations({
    buildContext: (asked) => contexts.forCouncil(asked),
    sourceOf: async (_, on) => ({ ...source, startSha: on === null ? baseSha : source.startSha }),
  });
  const { graph } = world;
  await ensureSchema(graph);
  const task = { type: "code", role: "developer", covers: [1], afterFirst: false } as const;
  const stated = { category: "stated", status: "approved", restsOnFirst: false, files: [] } as const;
  await keepStory(graph, 7, {
    criteria: 1,
    plans: [
      [
        { ...task, covers: [1] },
        { ...task, covers: [1] },
      ],
    ],
    decisions: [0, 1, 9].map((on) => ({ ...stated, files: [], on })),
    isLogged: true,
  });
  contexts = createCouncilContexts({
    factsOf: createContextFacts({ graph, knowledge: graphKnowledge, readEvents, clock: () => 0 }),
    openCode: createOpenCode(graph, () => 0),
    redact: redactText,
    countBy: () => async () => null,
    ...{ cache: createMemoryCache(), logger: { warn: () => undefined } },
  });
});

afterAll(async () => {
  await world.graph.close();
  rmSync(directory, { recursive: true, force: true });
});

const story = {
  ...storyFacts,
  installation: 11,
  criteria: [{ number: 1, text: "Given 0, when it is asked, then it is 0." }],
};
const task = { ...taskFacts, round: 2, feedback: ["architect: Use sum in total."] };
const isAboutTask = (kind: DeliberationKind) => kind === "implementation" || kind === "advice";

/** Asks for a council, and lets scripted models be it. */
async function council(kind: DeliberationKind) {
  const own = isAboutTask(kind) ? task : null;
  const id = `7-12-${kind}`;
  const wanted = { id, kind, round: 2, story, task: own, feedback: own?.feedback ?? [], members: 3 };
  await requestDeliberation(world.deps, { ...wanted, cause: { correlationId: "d", causationId: null } });
  const job = world.jobs.find(({ deliberationId }) => deliberationId === id) ?? expect.fail("no job");
  const { models, asked } = scriptedModels(answer);
  const bench = memoryBench({ [source.baseSha]: base, [source.startSha]: { ...base, ...acceptance } }, () => []);
  const reports = collector();
  await runDeliberation(
    { models, ...bench, prompting, validatePlan: () => [], clock: Date.now },
    { ...job, members: members("h", ["a", "b", "c"]) },
    { signal: new AbortController().signal, saved: null, save: async () => {}, report: reports.report },
  );
  const kept = await world.graph.read((tx) => world.deps.deliberations.load(tx, id));
  return { job, asked, kept, end: reports.end() };
}

function answer({ purpose, text }: Prompt): string {
  const task1 = { number: 1, title: "Sum it", covers: [1] };
  if (purpose === "plan") return JSON.stringify({ tasks: [task1] });
  if (purpose === "review") return JSON.stringify({ verdict: "ready", summary: "It is." });
  if (purpose === "draft") return edit(`export const sum = (a, b) => a + b; // ${text.length}`);
  return purpose === "acceptance test" ? "none" : '{"findings":[]}';
}

const roleOf = ({ text }: Prompt) => /^Reviewer: (.*)$/m.exec(text)?.[1];

describe("every council", () => {
  test.each(deliberationKinds)(
    "(%s) is told in each prompt what the builder made for its role, and so it is recorded",
    async (kind) => {
      const { job, asked, kept, end } = await council(kind);
      expect(end?.kind).toBe("finished");
      expect(asked.length).toBeGreaterThan(0);
      const own = isAboutTask(kind) ? task : null;
      const again = await contexts.forCouncil({
        kind,
        story,
        task: own,
        feedback: own?.feedback ?? [],
        source: job.source,
        models: [],
      });
      const byRole: Readonly<Record<string, DeliberationJob["context"]>> = again.contextByRole ?? {};
      for (const prompt of asked) {
        const { text, short, hash } = byRole[roleOf(prompt) ?? ""] ?? again.context;
        const begins = [text, short?.text ?? text].some((each) => prompt.text.startsWith(`${systemPrompt}\n${each}\n`));
        expect(begins, `${prompt.purpose} ${roleOf(prompt)}`).toBe(true);
        expect(createHash("sha256").update(text).digest("hex")).toBe(hash);
        expect(prompt.text).not.toContain(planted);
      }
      expect([kept?.contextHash, job.context.hash]).toEqual([again.context.hash, again.context.hash]);
      expect(Object.keys(job.contextByRole ?? {})).toEqual(
        { plan: [], implementation: [], review: ["architect", "qa", "devops"], advice: ["architect", "qa"] }[kind],
      );
    },
  );

  test("gives each of its roles that one's blocks, and names people to architects alone", async () => {
    for (const kind of ["review", "advice"] as const) {
      const { job } = await council(kind);
      for (const [role, { text }] of Object.entries(job.contextByRole ?? {})) {
        const phase = kind === "review" ? "design" : "test";
        expect(text).toContain(`Role: ${role}. Phase: ${phase}.`);
        expect(text.includes("Decisions in force")).toBe(true);
        const names = blocksFor(role === "devops" ? "devops" : role === "qa" ? "qa" : "architect", phase).map(
          ({ name }) => name,
        );
        expect(text.includes("What happened"), `${role} ${phase}`).toBe(names.includes("milestones"));
        expect(text.includes("Tasks of the story"), `${role} ${phase}`).toBe(names.includes("tasks"));
        expect(text.includes(person.login)).toBe(role === "architect" && names.includes("milestones"));
      }
    }
  });

  test("of a task in its second round is not shown the tests that it is measured by", async () => {
    const { job } = await council("implementation");
    const { text, short, slices, paths } = job.context;
    expect(text).toContain("src/sum.js:");
    expect(text).toContain("architect: Use sum in total.");
    // What failed last on this task, and nothing of the other one.
    expect(text).toMatch(/^Checks that failed.*\n.*\nlint:\nOn 1 of plan 1.\n/m);
    expect(text).not.toContain("On 2 of plan 1.");
    expect(JSON.stringify([text, short, slices, paths])).not.toContain("story-12-criterion-1");
    // Who writes tests is shown them.
    const tests = { ...task, type: "test" } as const;
    const asked = { kind: "implementation", story, task: tests, feedback: [], source: job.source, models: [] } as const;
    expect((await contexts.forCouncil(asked)).context.text).toContain("test/story-12-criterion-1.test.js");
  });

  test("leaves a record of whom the facts were read for, and why", async () => {
    const { graph } = world;
    const records = await graph.read((tx) => graphAuditLog.find(tx, { story: "7-12", limit: 500 }));
    const read = new Set(
      records.map(
        ({ principal, role, action, detail }) => `${principal} as ${role}, ${action}: ${detail.split(":")[0]}`,
      ),
    );
    expect([...read].sort()).toMatchSnapshot();
    expect(records.every(({ outcome }) => outcome === "allowed")).toBe(true);
    expect(JSON.stringify(records)).not.toContain(planted);
  });
});

test("what is kept of a context is another's wherever anything that it is made from is another", async () => {
  const keys: string[] = [];
  const cache = createMemoryCache();
  const noting = {
    ...cache,
    get(key: string) {
      keys.push(key);
      return cache.get(key);
    },
  };
  const openCode = createOpenCode(world.graph, () => 0);
  let choices = 0;
  // The same facts for whoever asks.
  const facts = await createContextFacts({ graph: world.graph, knowledge: graphKnowledge, readEvents, clock: () => 0 })(
    { story, task, feedback: [] },
    { role: "developer", phase: "build", purpose: "test" },
  );
  const kept = createCouncilContexts({
    factsOf: async () => facts,
    async openCode(of) {
      const code = await openCode(of);
      return {
        ...code,
        choose(about) {
          choices += 1;
          return code.choose(about);
        },
      };
    },
    redact: redactText,
    countBy: () => async () => null,
    ...{ cache: noting, logger: { warn: () => undefined } },
  });
  const asked = { kind: "implementation", story, task, feedback: [], source, models: [] } as const;
  await kept.forCouncil(asked);
  await kept.forCouncil(asked);
  expect(new Set(keys).size, "the same is kept once").toBe(1);
  const before = choices;
  await kept.forCouncil({ ...asked, task: { ...task, role: "data" } });
  expect(choices, "nor is what was chosen for another role").toBeGreaterThan(before);
  const others: readonly Parameters<typeof kept.forCouncil>[0][] = [
    { ...asked, task: { ...task, type: "test" } },
    { ...asked, models: ["m"] },
    { ...asked, source: { ...source, startSha: source.baseSha } },
  ];
  for (const other of others) await kept.forCouncil(other);
  expect(new Set(keys).size).toBe(2 + others.length);
  // An architect and a qa in the phases `test` and `doc`.
  await kept.forCouncil({ ...asked, kind: "advice" });
  await kept.forCouncil({ ...asked, kind: "advice", task: { ...task, type: "docs" } });
  expect(new Set(keys).size).toBe(2 + others.length + 4);
});

test("who asks why something is not in a context is told the rule and not whether it is there, and is on record", async () => {
  const asker = { kind: "human", id: 6, login: "olga" } as const;
  const about = { story, task };
  const reads = readsAbout({ graph: world.graph, clock: () => 0 }, about);
  const asked = { viewer: contextViewer(about, "developer", "test"), asker, purpose: "why" };
  const why = (id: string, field: string | null = null) =>
    explainAccess(reads, { ...asked, query: { entity: "decision", id, field } });
  // D1 is on this task, D2 on the other one, and there is no D9.
  expect(await why("7-12-d-1")).toBeNull();
  expect(await why("D1")).toBeNull();
  expect(await why("7-12-d-2")).toEqual(await why("7-12-d-9"));
  expect(await why("7-12-d-2")).toMatchObject({ rule: "row" });
  expect(await why("D2")).toEqual(await why("D9"));
  expect(await why("7-12-d-1", "costImpact")).toMatchObject({ rule: "column" });
  const records = await world.graph.read((tx) => graphAuditLog.find(tx, { principal: "human:6", limit: 9 }));
  expect(records.map(({ role, outcome }) => `${role} ${outcome}`)).toEqual([
    "developer denied",
    ...Array.from({ length: 7 }, () => "developer allowed"),
  ]);
});

test("what people are shown is what the agent at the task would be given, for any role", async () => {
  const hashes = new Set<string>();
  for (const role of ["architect", "developer", "qa", "product-owner"] as const satisfies readonly Role[]) {
    const asker = { kind: "human", id: 5, login: "rita" } as const;
    const built = await contexts.forRole({ story, task, role, asker, models: [] }, source);
    const { hash, role: made, blocks, commit } = built;
    hashes.add(hash);
    expect(commit !== null, "the commit is told where code is shown").toBe(made === "developer");
    const [heading] = blocks;
    expect(heading?.pieces).toMatchObject([{ node: "7-12-p1-t1", holds: ["7-12"], tokens: heading?.tokens }]);
    expect(made).toBe(role === "product-owner" ? "developer" : role);
    expect(blocks.flatMap(({ pieces }) => pieces.map(({ node }) => node))).toContain("7-12-p1-t1");
  }
  expect(hashes.size).toBe(3);
  const records = await world.graph.read((tx) =>
    graphAuditLog.find(tx, { story: "7-12", principal: "human:5", limit: 99 }),
  );
  const read = records.map(({ name, role, detail }) => `${name}, ${role}: ${detail.split(":").slice(0, 3).join(":")}`);
  expect(new Set(read)).toEqual(
    new Set(
      ["architect", "developer", "qa"].map(
        (role) => `@rita, ${role}: context shown to people, as agent:${role}:1 sees it`,
      ),
    ),
  );
});
