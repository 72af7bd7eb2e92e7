import type { z } from "zod";
import type { PlanTask } from "../../kernel/plan.ts";
import type { Role } from "../../kernel/roles.ts";
import type { DryRunKind } from "../domain/dry-run.ts";
import type { CheckConfiguration, PolicyConfiguration } from "./job.ts";

export type ChatMessage = { readonly role: "system" | "user" | "assistant"; readonly content: string };

/** `tokensCached`: of `tokensIn`, those that a prefix cache held; `hostMs`: time of requests at hosts. Absent: not measured. */
type Usage = {
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly tokensCached?: number;
  readonly hostMs?: number;
};

/** What a model said, or why it said nothing: a member that fails is left out, so a failure is a value. */
export type ModelAnswer<T> =
  | (Usage & {
      readonly kind: "answer";
      readonly text: string;
      readonly value: T | null;
      readonly problems: readonly string[];
    })
  | (Usage & { readonly kind: "failed"; readonly reason: string; readonly message: string });

export interface Models {
  /** One answer; only an abort throws. `reason: "prompt-too-long"` is answered by a smaller prompt. */
  complete<T = never>(request: {
    readonly host: string;
    /** Names the beginning that the prompt shares with others: they go where a host's prefix cache holds it. */
    readonly prefix: string;
    /** Whose share of the hosts this takes. */
    readonly installation: number;
    /** `waited-for`: a person waits at a gate for the outcome. */
    readonly priority: "waited-for" | "normal";
    readonly model: string;
    readonly messages: readonly ChatMessage[];
    readonly temperature: number;
    readonly maxTokens: number;
    readonly seed?: number;
    readonly schema?: { readonly name: string; readonly schema: z.ZodType<T> };
    readonly signal?: AbortSignal;
  }): Promise<ModelAnswer<T>>;
  /** Tokens of prompt and answer together that every host which serves the model takes; null where one does not say. */
  contextLength(model: string, signal: AbortSignal): Promise<number | null>;
  /** How many weights the model has; null where no host says. */
  parameters(model: string, signal: AbortSignal): Promise<number | null>;
  /** What each host that serves the model can do with it; the first call for a model asks them. */
  capabilities(model: string, signal: AbortSignal): Promise<readonly { readonly jsonSchema: boolean | null }[]>;
}

/** One path that differs from the start commit. `content` is base64; null for a deletion and for what is not read. */
export type WorkspaceChange = {
  readonly path: string;
  readonly change: "added" | "modified" | "deleted";
  readonly mode: "100644" | "100755" | "120000" | "160000";
  readonly content: string | null;
  readonly size: number;
  readonly added: number;
  readonly deleted: number;
};

/** What became of the edits in a model's answer. */
export type AppliedAnswer = {
  readonly applied: number;
  readonly failed: number;
  /** For the model: what did not apply, why, and what the file has instead. Empty when everything applied. */
  readonly feedback: string;
  /** The writes that were not allowed; then nothing of the answer was applied. */
  readonly refused: readonly Refusal[];
};

/** A call that the rules of L1 refuse (DOMAIN.md §4). `path` is empty where it is about no file. */
export type Refusal = { readonly path: string; readonly rule: string; readonly reason: string };

/** Where a role may write: the kinds of paths, their globs, and what the repository denies to everybody. */
export type WriteBounds = {
  readonly kinds: readonly string[];
  readonly globs: readonly string[];
  readonly denied: readonly string[];
};

/** What an agent does in its loop, as L1 knows it. */
export type ToolCall = {
  readonly operation: "list" | "read" | "search" | "outline" | "write" | "check" | "dry-run";
  /** Null: the repository as a whole. */
  readonly path: string | null;
};

/** Lines that hold what was searched for. `problem`: why nothing was looked through, as a sentence, or null. */
export type Found = {
  readonly hits: readonly { readonly path: string; readonly line: number; readonly text: string }[];
  readonly more: boolean;
  readonly problem: string | null;
};

/** A file's text, or why there is none; `missing`: there is no such file. */
export type Examined =
  | { readonly text: string }
  | { readonly text: null; readonly why: string; readonly missing: boolean };

/** What a file defines, in its order; `text` is the first line of each. */
export type Outline = readonly {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly text: string;
}[];

/** An isolated checkout of one candidate. */
export interface Workspace {
  readonly id: string;
  /** Every file that git tracks or would add, sorted. */
  list(): Promise<readonly string[]>;
  /** Null for what is missing or no text. */
  read(path: string): Promise<string | null>;
  /** The same with why there is none, as a sentence. */
  examine(path: string): Promise<Examined>;
  /** Lines that hold one of the texts, below `under` or everywhere. */
  search(texts: readonly string[], under: string | null, signal: AbortSignal): Promise<Found>;
  /** Null where no grammar reads that file. */
  outline(path: string): Promise<Outline | null>;
  /** Null when it was written, else why not. */
  write(path: string, text: string): Promise<string | null>;
  /**
   * Applies the SEARCH/REPLACE blocks, functions, whole files, deletions and renames of an answer. With `refuse`, an answer
   * that writes where it says no is not applied at all.
   */
  applyAnswer(answer: string, refuse?: (path: string) => Refusal | null): Promise<AppliedAnswer>;
  changes(): Promise<
    | { readonly readable: true; readonly changes: readonly WorkspaceChange[] }
    | { readonly readable: false; readonly reason: string }
  >;
  diff(maxCharacters: number): Promise<string>;
  /** What the commit that it was opened at changes since it left `sha`'s history, as a pull request shows it. */
  diffSince(sha: string, maxCharacters: number): Promise<string>;
  /** Hash of the git tree that its state would be. */
  tree(): Promise<string>;
  /** Back to the start commit; with `paths`, these files only, which it must hold. */
  reset(paths?: readonly string[]): Promise<void>;
  /** Removes it; never throws. */
  close(): Promise<void>;
}

export interface Workspaces {
  open(checkout: { readonly mirror: string; readonly sha: string; readonly id: string }): Promise<Workspace>;
}

/** `skipped`: the repository has no such command. `not-run`: there is no sandbox, or something stopped it first. */
export type CommandRun = {
  readonly outcome: "passed" | "failed" | "skipped" | "not-run";
  /** One sentence. */
  readonly reason: string;
  /** The end of what it printed. */
  readonly output: string;
  readonly ms: number;
  /** True when the clock ended it: on a busy machine that may be no fault of the code. */
  readonly late?: boolean;
};

/** `name` is unique within a run; `file` is null where the runner does not say. */
export type TestResult = {
  readonly name: string;
  readonly file: string | null;
  readonly verdict: "pass" | "fail" | "skipped";
  readonly reason: string | null;
};

/** `tests` is empty where the runner reports no single tests: then only `outcome` tells. */
export type TestRun = CommandRun & {
  readonly tests: readonly TestResult[];
  /** True when a limit ended it: running it again costs as much and tells no more, but where it is `late`. */
  readonly cutShort?: boolean;
  /** True when the runner told no single tests: the one in `tests` stands for the whole command. */
  readonly untold?: boolean;
};

export type TouchedPath = Pick<WorkspaceChange, "path" | "change">;

/** What became of all dry runs of a change. `failing`: each that failed, as `path (tool): why`. */
export type DryRun = CommandRun & {
  readonly failing: readonly string[];
  readonly passed: number;
  readonly total: number;
};

export type RunOptions = {
  readonly configuration: CheckConfiguration;
  /** True only for the project's own bundled code: it may run without a sandbox. */
  readonly trusted: boolean;
  readonly signal: AbortSignal;
  /** The paths that the work is about: which projects of a monorepo are checked. Absent: every one. */
  readonly about?: readonly string[];
  /** How long one command may run, in milliseconds; absent: the sandbox's own limit. */
  readonly wallMs?: number;
  /** It runs with no other run of this worker beside it, for no longer than so many milliseconds, nor than it may otherwise. */
  readonly aloneMs?: number;
};

export interface Checks {
  /** What untrusted code runs in; null when there is nothing, and then nothing is run. */
  readonly sandbox: string | null;
  commands(
    workspace: Workspace,
    options: RunOptions,
  ): Promise<{ readonly builds: CommandRun; readonly lint: CommandRun }>;
  /** Dry-runs what the paths that a change touches are part of (`DryRunKind`). */
  dryRun(workspace: Workspace, kind: DryRunKind, changes: readonly TouchedPath[], options: RunOptions): Promise<DryRun>;
  /** All tests, or those of `files` only. */
  tests(workspace: Workspace, files: readonly string[] | null, options: RunOptions): Promise<TestRun>;
  /** Findings as sentences. */
  policy(
    changes: readonly WorkspaceChange[],
    rules: { readonly role: Role; readonly configuration: PolicyConfiguration; readonly existing: readonly string[] },
  ): Promise<{ readonly policy: readonly string[]; readonly size: readonly string[] }>;
  isTestPath(path: string, configuration: PolicyConfiguration): boolean;
  /** Whether a file looks like a script that a test command starts. */
  isTestScript(path: string): boolean;
  /**
   * Puts back how tests were run at the start commit (package scripts, runners' configuration), as far as these paths,
   * which it holds, changed that; answers with what it put back.
   */
  restoreTestSetup(workspace: Workspace, paths: readonly string[]): Promise<readonly string[]>;
  /** Where an agent of this role may write (DOMAIN.md §4, L1); no globs: everywhere but where it is denied. */
  boundsOf(role: Role, configuration: PolicyConfiguration): WriteBounds;
  /** Why an agent of this role may not make that call (DOMAIN.md §4, L1), or null. */
  refusalOf(role: Role, call: ToolCall, configuration: PolicyConfiguration): Refusal | null;
}

/** What keeps prompts safe and small: the context's own rules. */
export interface Prompting {
  /** Text of people without hidden parts. */
  clean(text: string): string;
  /** Without secrets. Of a text that is cut, the whole comes first: half of a secret is not known for one. */
  redact(text: string): Promise<string>;
  /** In a fence that it cannot close, labelled as data. */
  fence(label: string, text: string): string;
  countTokens(text: string): number;
}

/** The rule of planning (1–8 tasks, acyclic, every criterion covered), wired by main. Empty: the plan is valid. */
export type ValidatePlan = (tasks: readonly PlanTask[], criteria: number) => readonly string[];
