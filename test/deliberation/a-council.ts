import { expect } from "vitest";
import type { DeliberationJob } from "../../src/deliberation/application/job.ts";
import type { Checks } from "../../src/deliberation/application/ports.ts";
import { runDeliberation } from "../../src/deliberation/application/run-deliberation.ts";
import type { SavedState } from "../../src/deliberation/application/saved-state.ts";
import { collector, jobOf, members, realPrompting } from "./council-of.ts";
import { type Files, type Judge, memoryBench, type Prompt, result, scriptedModels } from "./memory-bench.ts";

export const base = {
  "src/sum.js": "export const sum = (a, b) => a - b;\n",
  "test/sum.test.js": "test\n",
  "package.json": "{}",
};
const prompting = await realPrompting();

export const edit = (text: string): string =>
  `src/sum.js\n\`\`\`js\n<<<<<<< SEARCH\nexport const sum = (a, b) => a - b;\n=======\n${text}\n>>>>>>> REPLACE\n\`\`\`\n`;
export const good = `I add instead of subtracting.\n\n${edit("export const sum = (a, b) => a + b;")}`;
export const breaking = edit("export const sum = (a, b) => a + b; // breaks");
export const useless = edit("export const sum = (a, b) => a * b;");
export const acceptance = (criterion: number, body = "accept"): string =>
  `test/story-12-criterion-${criterion}.test.js\n\`\`\`js\n${body}\n\`\`\`\n`;

/** One old test, and each acceptance file, the council's or a named one, passes when the sum is right. */
const judge: Judge = (files: Files) => {
  const text = files.get("src/larger.js") ?? files.get("src/sum.js") ?? "";
  const accepted = [...files.keys()]
    .filter((path) => /story-12|named/.test(path))
    .map((path) => {
      const body = files.get(path) ?? "";
      if (body.includes("always")) return result(`${path} > always`, "pass");
      if (body.includes("broken")) return result(`${path} > broken`, "fail", "SyntaxError: unexpected");
      return result(`${path} > accept`, text.includes("a + b") ? "pass" : "fail", "expected 3 to equal -1");
    });
  if (!files.has("test/sum.test.js")) return accepted;
  return [
    result("test/sum.test.js > old", text.includes("breaks") ? "fail" : "pass", "expected"),
    result("test/sum.test.js > was broken before", "fail", "expected"),
    ...accepted,
  ];
};

/** What a member says of others' work where a test does not care. */
const noObjection: Readonly<Record<string, string>> = {
  critique: '{"findings":[]}',
  judgement: '{"better":"neither"}',
};

export type Script = (prompt: Prompt) => ReturnType<Parameters<typeof scriptedModels>[0]>;
type Options = {
  readonly job?: Partial<DeliberationJob>;
  readonly checks?: Partial<Checks>;
  readonly signal?: AbortSignal;
  readonly saved?: unknown;
  /** The time in epoch ms, by the statuses reported so far; absent: the real one. */
  readonly clock?: (statuses: readonly string[]) => number;
  /** Called with every saved state: for what a killed worker leaves behind. */
  readonly onSave?: (state: SavedState) => void;
  /** The members' models and how long a context they have; absent: three, of which nothing is known. */
  readonly contexts?: Readonly<Record<string, number | null>>;
  /** How many weights each model has, where its host says so. */
  readonly parameters?: Readonly<Record<string, number>>;
  readonly commits?: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

/** One council of three on a repository in memory, with what its members say; asserts that every work tree is closed. */
export async function run(drafts: Readonly<Record<string, Script | string>>, options: Options = {}) {
  const { models, asked } = scriptedModels(
    (prompt) => {
      const { model, purpose } = prompt;
      const own = drafts[`${model} ${purpose}`] ?? drafts[purpose] ?? noObjection[purpose] ?? drafts[model];
      if (own !== undefined && (prompt.purpose !== "acceptance test" || drafts[prompt.purpose] !== undefined)) {
        return typeof own === "string" ? own : own(prompt);
      }
      return prompt.purpose === "acceptance test"
        ? acceptance(Number(/^Criterion: (\d+)/m.exec(prompt.text)?.[1]))
        : "no change";
    },
    (model) => options.contexts?.[model] ?? null,
    (model) => options.parameters?.[model] ?? null,
  );
  const commits: Readonly<Record<string, Readonly<Record<string, string>>>> = { base, ...options.commits };
  const bench = memoryBench(commits, judge, options.checks);
  const source = { mirror: "m", baseSha: "base", startSha: "base" };
  const given = {
    source,
    members: members("h", Object.keys(options.contexts ?? { a: null, b: null, c: null })),
    trusted: false,
    ...options.job,
  };
  const job = await jobOf(given, commits[(given.source ?? source).startSha]);
  const reports = collector();
  const saves: SavedState[] = [];
  const { clock } = options;
  const now = clock === undefined ? Date.now : () => clock(reports.statuses());
  const deps = { models, ...bench, prompting, validatePlan: () => [], clock: now };
  await runDeliberation(deps, job, {
    signal: options.signal ?? new AbortController().signal,
    saved: options.saved ?? null,
    save: async (state) => {
      saves.push(state);
      options.onSave?.(state);
    },
    report: reports.report,
  });
  expect([...bench.open]).toEqual([]);
  return { ...reports, asked, saves };
}

export const losses = (run: Awaited<ReturnType<typeof collector>>) =>
  Object.fromEntries(run.implementation().candidates.map(({ id, lostAt }) => [id, lostAt]));
