import { createTwoFilesPatch } from "diff";
import type {
  Checks,
  CommandRun,
  ModelAnswer,
  Models,
  TestResult,
  Workspace,
  WorkspaceChange,
  Workspaces,
} from "../../src/deliberation/application/ports.ts";
import type { WorktreeFiles } from "../../src/execution/application/ports.ts";
import { isTestScript } from "../../src/execution/domain/checks/test-setup.ts";
import { mayCall } from "../../src/execution/domain/policy/may-call.ts";
import { mayWrite, writeBounds } from "../../src/execution/domain/policy/may-write.ts";
import { matchesAny, pathKinds } from "../../src/execution/domain/policy/path-kinds.ts";
import { applyAnswerTo } from "../../src/wiring/apply-answer.ts";
import { outlineOf } from "../../src/wiring/find-definitions.ts";
import { restoreTestSetup } from "../../src/wiring/restore-test-setup.ts";

export type Files = ReadonlyMap<string, string>;
export type Judge = (files: Files) => readonly TestResult[];

export const passed: CommandRun = { outcome: "passed", reason: "", output: "", ms: 1 };

export function result(name: string, verdict: "pass" | "fail", reason: string | null = null): TestResult {
  return { name, file: null, verdict, reason };
}

/** Checkouts in memory, with the real rules for edits; `judge` plays the repository's tests. */
export function memoryBench(commits: Commits, judge: Judge, changes: Partial<Checks> = {}) {
  const contents = new WeakMap<Workspace, Map<string, string>>();
  const open = new Set<string>();
  const workspaces: Workspaces = {
    async open({ sha, id }) {
      if (open.has(id)) throw new Error(`${id} is open`);
      open.add(id);
      const start = new Map(Object.entries(commits[sha] ?? {}));
      const files = new Map(start);
      const workspace = memoryWorkspace(id, commits, start, files, () => open.delete(id));
      contents.set(workspace, files);
      return workspace;
    },
  };
  const checks: Checks = {
    sandbox: "bubblewrap",
    commands: async () => ({ builds: passed, lint: passed }),
    dryRun: async () => ({ ...passed, failing: [], passed: 1, total: 1 }),
    async tests(workspace, files, { signal }) {
      signal.throwIfAborted();
      const all = judge(contents.get(workspace) ?? new Map());
      const tests = files === null ? all : all.filter(({ name }) => files.some((path) => name.startsWith(path)));
      const failed = tests.find(({ verdict }) => verdict === "fail");
      return {
        ...passed,
        outcome: failed ? "failed" : "passed",
        reason: failed?.name ?? "",
        output: failed?.reason ?? "",
        tests,
      };
    },
    async policy(changed, { role, configuration }) {
      const decisions = changed.map(({ path }) => ({
        path,
        decision: mayWrite(role, path, { deny: configuration.deny }),
      }));
      const policy = decisions.flatMap(({ path, decision }) =>
        decision.allowed ? [] : [`${path}: ${decision.reason}`],
      );
      return { policy, size: [] };
    },
    boundsOf: (role, { deny }) => writeBounds(role, { deny }),
    refusalOf(role, call, { deny }) {
      const decision = mayCall(role, call, { deny });
      return decision.allowed ? null : { path: call.path ?? "", rule: decision.rule, reason: decision.reason };
    },
    isTestPath: (path) => matchesAny(pathKinds.tests, path),
    isTestScript,
    restoreTestSetup,
    ...changes,
  };
  return { workspaces, checks, open };
}

function diffOf(start: Files, files: Files): string {
  return [...new Set([...start.keys(), ...files.keys()])]
    .sort()
    .filter((path) => start.get(path) !== files.get(path))
    .map((path) => {
      const [before, after] = [start.get(path), files.get(path)];
      const names = [before === undefined ? "/dev/null" : `a/${path}`, after === undefined ? "/dev/null" : `b/${path}`];
      const patch = createTwoFilesPatch(names[0] ?? "", names[1] ?? "", before ?? "", after ?? "");
      return `diff --git a/${path} b/${path}\n${patch.replace(/^=+\n/, "")}`;
    })
    .join("");
}

type Commits = Readonly<Record<string, Readonly<Record<string, string>>>>;

function memoryWorkspace(
  id: string,
  commits: Commits,
  start: Files,
  files: Map<string, string>,
  closed: () => void,
): Workspace {
  const access: WorktreeFiles = {
    list: async () => [...files.keys()].sort(),
    read: async (path) => {
      const text = files.get(path);
      return text === undefined ? { kind: "missing" } : { kind: "text", text };
    },
    async write(path, text) {
      if (path.startsWith("/") || path.includes(".."))
        return { done: false, reason: "The path leaves the repository." };
      files.set(path, text);
      return { done: true };
    },
    remove: async (path) => (files.delete(path) ? { done: true } : { done: false, reason: "There is no such file." }),
    rename: async () => ({ done: false, reason: "not here" }),
  };
  async function changes(): Promise<{ readable: true; changes: readonly WorkspaceChange[] }> {
    const paths = [...new Set([...start.keys(), ...files.keys()])].sort();
    const changed = paths.filter((path) => start.get(path) !== files.get(path));
    return {
      readable: true,
      changes: changed.map((path) => {
        const text = files.get(path);
        return {
          path,
          change: text === undefined ? "deleted" : start.has(path) ? "modified" : "added",
          mode: "100644",
          content: text === undefined ? null : Buffer.from(text).toString("base64"),
          size: text?.length ?? 0,
          added: text?.split("\n").length ?? 0,
          deleted: 0,
        };
      }),
    };
  }
  return {
    id,
    list: access.list,
    read: async (path) => files.get(path) ?? null,
    write: async (path, text) => {
      const outcome = await access.write(path, text);
      return outcome.done ? null : outcome.reason;
    },
    async examine(path) {
      const text = files.get(path);
      return text === undefined ? { text: null, why: "There is no such file.", missing: true } : { text };
    },
    async search(texts, under) {
      const hits = [...files].sort().flatMap(([path, text]) =>
        text
          .split("\n")
          .map((line, at) => ({ path, line: at + 1, text: line }))
          .filter((hit) => texts.some((each) => hit.text.includes(each)) && path.startsWith(under ?? "")),
      );
      return { hits, more: false, problem: null };
    },
    outline: async (path) => outlineOf(path, files.get(path) ?? ""),
    applyAnswer: (answer, refuse) => applyAnswerTo(access, answer, refuse),
    changes,
    diff: async () => diffOf(start, files),
    diffSince: async (sha) => diffOf(new Map(Object.entries(commits[sha] ?? {})), start),
    tree: async () => JSON.stringify([...files].sort()),
    async reset(paths) {
      if (paths === undefined) files.clear();
      for (const [path, text] of start) if (paths?.includes(path) !== false) files.set(path, text);
    },
    close: async () => closed(),
  };
}

export type Prompt = {
  readonly model: string;
  readonly purpose: string;
  readonly text: string;
  readonly turns: number;
  readonly signal: AbortSignal | undefined;
};

export const failure = (reason: string, message: string): ModelAnswer<never> => ({
  kind: "failed",
  reason,
  message,
  tokensIn: 1,
  tokensOut: 0,
});

/** Models whose answers a test writes; a string is an answer. Everything that was asked is kept. */
export function scriptedModels(
  answer: (prompt: Prompt) => string | ModelAnswer<never> | Promise<string | ModelAnswer<never>>,
  contextLengthOf: (model: string) => number | null = () => null,
  parametersOf: (model: string) => number | null = () => null,
) {
  const asked: Prompt[] = [];
  const models: Models = {
    contextLength: async (model) => contextLengthOf(model),
    parameters: async (model) => parametersOf(model),
    capabilities: async () => [{ jsonSchema: true }],
    async complete(request) {
      request.signal?.throwIfAborted();
      const users = request.messages.filter(({ role }) => role === "user");
      const text = request.messages.map(({ content }) => content).join("\n");
      const purpose = [...(users.at(-1)?.content ?? "").matchAll(/^Purpose: (.*)$/gm)].at(-1)?.[1] ?? "retry";
      const prompt = { model: request.model, purpose, text, turns: users.length, signal: request.signal };
      asked.push(prompt);
      const said = await answer(prompt);
      if (typeof said !== "string") return said;
      const usage = { tokensIn: 100, tokensOut: 10, tokensCached: 40, hostMs: 5 };
      if (request.schema === undefined) return { kind: "answer", text: said, value: null, problems: [], ...usage };
      let json: unknown = null;
      try {
        json = JSON.parse(said);
      } catch {
        return { kind: "answer", text: said, value: null, problems: ["The answer is not JSON."], ...usage };
      }
      const parsed = request.schema.schema.safeParse(json);
      const problems = parsed.success ? [] : parsed.error.issues.map(({ message }) => message);
      return { kind: "answer", text: said, value: parsed.success ? parsed.data : null, problems, ...usage };
    },
  };
  return { models, asked };
}

/** Waits until the signal is aborted, as a hanging host does. */
export function hang(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
