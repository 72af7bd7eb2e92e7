import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildContexts } from "../../src/context/application/build-context.ts";
import type { CodeSource } from "../../src/context/application/ports.ts";
import { mostSymbols } from "../../src/context/domain/code/choose-code.ts";
import { emptyFacts } from "../../src/context/domain/written-facts.ts";
import { openEmbeddedGraph } from "../../src/platform/graph/embedded-graph.ts";
import { ensureSchema } from "../../src/platform/graph/schema.ts";
import type { SchemaGraph } from "../../src/platform/graph/schema-graph.ts";
import { createOpenCode, openTree } from "../../src/wiring/open-code.ts";
import { git } from "../context/committed-repository.ts";
import { thorough } from "../support/thorough.ts";

const root = mkdtempSync(join(tmpdir(), "deep-code-"));
let graph: SchemaGraph;
let repository = 0;
beforeAll(async () => {
  graph = await openEmbeddedGraph();
  await ensureSchema(graph);
});
afterAll(async () => {
  await graph.close();
  rmSync(root, { recursive: true, force: true });
});

type Files = Readonly<Record<string, string>>;
const deep = 10_000;

/** What stands after a step: the next one, and after the last one the first, or nothing. */
type After = (step: number) => number | null;
const ways: Readonly<Record<string, After>> = {
  "in a circle": (step) => (step + 1) % deep,
  ...(thorough ? { "in a chain": (step) => (step + 1 < deep ? step + 1 : null) } : {}),
};

const shapes: Readonly<Record<string, (after: After) => Files>> = {
  "functions of one file call one another": (after) => ({
    "src/steps.ts": all((at) => define(at, after(at))).join(""),
  }),
  "files import one another": (after) =>
    Object.fromEntries(
      all((at) => {
        const next = after(at);
        const imported = next === null ? "" : `import { step${next} } from "./s${next}.ts";\n`;
        return [`src/s${at}.ts`, imported + define(at, next)];
      }),
    ),
};

function all<T>(each: (step: number) => T): readonly T[] {
  return Array.from({ length: deep }, (_, at) => each(at));
}

function define(step: number, next: number | null): string {
  return `export function step${step}() {${next === null ? "" : ` step${next}();`} }\n`;
}

/** A mirror with one commit of these files, by the way that takes no file for each of them. */
function mirrorOf(name: string, files: Files): { readonly mirror: string; readonly sha: string } {
  const mirror = join(root, name);
  mkdirSync(mirror);
  git(mirror, "init", "--quiet", "--bare", "--initial-branch=main");
  const texts = Object.entries(files).map(
    ([path, text]) => `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`,
  );
  const head = "commit refs/heads/main\ncommitter a <a@example.com> 0 +0000\ndata 0\n";
  execFileSync("git", ["fast-import", "--quiet"], { cwd: mirror, input: head + texts.join("") });
  return { mirror, sha: git(mirror, "rev-parse", "main") };
}

const countTokens = (text: string) => Math.ceil(text.length / 4);
const budgets = [200, 2_000, 1e12];
/** What a context is made of at most: its symbols, what may stand in the outlines of files, and what is told to be over. */
const most = { symbols: mostSymbols, chosen: 150, over: 30 };

/** Contexts of what a text says of a step, one for each budget. */
async function contextsOf(source: CodeSource, step: number) {
  const story = { id: "1-1", number: 1, title: "A step", body: `\`step${step}\` is wrong`, criteria: [] };
  const ports = { redact: async (text: string) => ({ text, found: [] }), countTokens };
  const asked = { facts: { ...emptyFacts, story, task: null }, role: "developer", phase: "build" } as const;
  const { assembled } = await buildContexts(ports, { ...asked, budgets, source });
  return assembled.map((made) => {
    if (made.kind === "too-small") throw new RangeError(`It needs ${made.least} tokens.`);
    return made.context;
  });
}

async function expectSmall(source: CodeSource, step: number): Promise<void> {
  const { chosen, over } = await source.choose(`\`step${step}\` is wrong`);
  expect(chosen.filter(({ isMain }) => isMain).length).toBeLessThanOrEqual(most.symbols);
  expect(chosen.length).toBeLessThanOrEqual(most.chosen);
  expect(over.length).toBeLessThanOrEqual(most.over);
  for (const { tokens, budget, blocks } of await contextsOf(source, step)) {
    expect(tokens).toBeLessThanOrEqual(budget.limit);
    const code = blocks.flatMap(({ name, pieces }) => (name === "code" ? pieces : []));
    expect(code.length).toBeGreaterThan(0);
    expect(code.filter(({ form }) => form === "body").length).toBeLessThanOrEqual(most.symbols);
  }
}

describe.each(Object.entries(shapes))("10,000 %s", (shape, filesOf) => {
  it.each(Object.entries(ways))("%s: they are indexed, and a context of one of them is small", async (way, after) => {
    const { mirror, sha } = mirrorOf(`${shape} ${way}.git`, filesOf(after));
    repository += 1;
    const stored = await createOpenCode(graph, () => 0)({ repository, mirror, branch: null, sha });
    const inMemory = await openTree(mirror, sha);
    for (const source of [stored, inMemory])
      for (const step of [0, deep / 2, deep - 1]) await expectSmall(source, step);
  });
});
