import type { Definition } from "../domain/edit-format/definitions.ts";
import type { FileChange } from "../domain/file-change.ts";

/**
 * A directory or file of this machine, shown at `to` while a command runs: relative to the work tree's root, or absolute
 * and outside of it (where there is no sandbox, an absolute one is used at `from`).
 */
export type Mount = { readonly from: string; readonly to: string };

/** What one run may use. Times in milliseconds (CPU in seconds), sizes in bytes. */
export type SandboxLimits = {
  readonly wallMs: number;
  /** Of one process. */
  readonly cpuSeconds: number;
  /** Processes and threads together. */
  readonly processes: number;
  /** Of one process, and of the whole tree together. */
  readonly memoryBytes: number;
  /** Of one file. */
  readonly fileBytes: number;
  /** By how much the work tree may grow. */
  readonly diskBytes: number;
  readonly tmpBytes: number;
  /** Standard output and error together; more ends the run. */
  readonly outputBytes: number;
};

export type SandboxRun = {
  /** The directory that is the current one inside, and the only one of this machine that can be written there. */
  readonly worktree: string;
  /** A list is run as it is; a string is given to `sh -c`. */
  readonly command: readonly string[] | string;
  /** What differs from the defaults (`sandboxLimits`). */
  readonly limits?: Partial<SandboxLimits>;
  readonly readOnly?: readonly Mount[];
  /** Directories that can be written beside the work tree: reports. */
  readonly writable?: readonly Mount[];
  readonly env?: Readonly<Record<string, string>>;
  /** Directories with programs, to be looked into before the system's. */
  readonly path?: readonly string[];
  readonly signal?: AbortSignal;
  /** True only for the project's own code (the demo's bundled candidates): may run where there is no sandbox. */
  readonly trusted?: boolean;
  /** True: it waits until every other run of this process has ended, and none begins beside it. */
  readonly alone?: boolean;
};

/**
 * What ended a run: the command itself, one of the limits, the caller, or the sandbox, before anything was started or
 * because it was taken away (`refused`): that says nothing about the command.
 */
export type EndedBy = "exit" | "signal" | "time" | "cpu" | "memory" | "disk" | "output" | "aborted" | "refused";

export type SandboxResult = {
  /** The command's exit status; null when something else ended it. */
  readonly exitCode: number | null;
  readonly endedBy: EndedBy;
  /** One sentence for people about how it ended; `no-sandbox: …` when nothing was run for want of a sandbox. */
  readonly reason: string;
  /** The last bytes of each stream, at most `outputBytes`, as UTF-8. */
  readonly stdout: string;
  readonly stderr: string;
  readonly wallMs: number;
  /** The most memory that the tree held at once, as far as it was seen. */
  readonly peakMemoryBytes: number;
};

/** Where untrusted commands run. A run never throws for what the command does; it throws for a defect only. */
export interface Sandbox {
  readonly kind: "bubblewrap" | "kubernetes" | "off";
  /** What was proved at the start that it keeps in or out, as sentences; empty when it protects nothing. */
  readonly protects: readonly string[];
  /** The full path under which a command sees the work tree, or one of its mounts: for arguments and variables. */
  pathInside(worktree: string, mount?: Mount): string;
  run(run: SandboxRun): Promise<SandboxResult>;
}

/** An isolated checkout of one candidate. Its git directory lies outside, where no candidate reaches it. */
export type Worktree = {
  readonly id: string;
  /** The checked-out files. There is no `.git` in it, and one that a candidate makes is not looked at. */
  readonly directory: string;
  /** The git directory, private to the worker. */
  readonly gitDirectory: string;
  readonly startSha: string;
};

/** A candidate's changes, or why they could not be read at all (a flood of files). */
export type Changes =
  | { readonly readable: true; readonly changes: readonly FileChange[] }
  | { readonly readable: false; readonly reason: string };

/**
 * What became of a whole change that somebody brought (a patch, a directory). `problem` is null when all of it was
 * applied. `refused` names the paths that no candidate may have, whatever else is wrong with it.
 */
export type AppliedChange = {
  readonly problem: string | null;
  readonly refused: readonly { readonly path: string; readonly reason: string }[];
};

/**
 * How a work tree's state may be read. `ownWritesOnly`: nothing but this process has written there since the checkout (no
 * command of a candidate has run in it), so that files' times can be believed and only what changed is read again.
 */
export type ReadingState = { readonly ownWritesOnly?: boolean };

export interface Worktrees {
  /**
   * Checks out `sha` of the bare repository `mirror` under an id that begins with the given one: the same twice is two
   * work trees. Throws `PermanentError` when the mirror does not hold it.
   */
  create(checkout: { readonly mirror: string; readonly sha: string; readonly id: string }): Promise<Worktree>;
  /** What differs from the start commit, tracked or new but not ignored, sorted by path. */
  changesOf(worktree: Worktree, how?: ReadingState): Promise<Changes>;
  /** The unified diff against the start commit, cut at `maxBytes` (default 200,000) with a line that says so. */
  diffOf(worktree: Worktree, maxBytes?: number, how?: ReadingState): Promise<string>;
  /** The unified diff of the start commit against the commit at which it left the history of `sha`; cut likewise. */
  diffSince(worktree: Worktree, sha: string, maxBytes: number): Promise<string>;
  /** The hash of the git tree that the work tree's state would be. */
  treeOf(worktree: Worktree, how?: ReadingState): Promise<string>;
  /** The files of the work tree, for reading and for edits. */
  filesOf(worktree: Worktree): WorktreeFiles;
  /**
   * The lines that hold one of the texts, upper and lower case alike where none has upper case. Files are those that
   * `list` names, less binary and very large ones. A text is no pattern. Only an abort throws.
   */
  search(worktree: Worktree, query: SearchQuery): Promise<SearchResult>;
  /** Back to the start commit; ignored files go as well. With `paths`, these files only, which it must hold. */
  reset(worktree: Worktree, paths?: readonly string[]): Promise<void>;
  remove(worktree: Worktree): Promise<void>;
  /** Removes what a killed worker left behind; called at the start. Answers with the ids. */
  sweep(): Promise<readonly string[]>;
}

/** A text file with what is needed to write it back unchanged, or why it cannot be read. */
export type ReadFile =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "missing" }
  | { readonly kind: "refused"; readonly reason: string };

/** The result of a write: refused for a path that leaves the work tree, goes over a symlink, or is a directory. */
export type WriteOutcome = { readonly done: true } | { readonly done: false; readonly reason: string };

/** A line that holds what was searched for. `line` counts from 1; `text` is cut at 300 characters. */
export type SearchHit = { readonly path: string; readonly line: number; readonly text: string };

/** Texts, of which a line holds one; `under`: a file or directory, or null for all. */
export type SearchQuery = {
  readonly texts: readonly string[];
  readonly under: string | null;
  readonly signal?: AbortSignal;
};

/** What was found, sorted by path and line. `more`: not all of it is here, or the time was over. `problem`: why nothing. */
export type SearchResult = {
  readonly hits: readonly SearchHit[];
  readonly more: boolean;
  readonly problem: string | null;
};

/** The files of one work tree. It never follows a symlink and never leaves the directory. */
export interface WorktreeFiles {
  /** Every file that git tracks or would add, sorted. */
  list(): Promise<readonly string[]>;
  /** Text as it is on disk (byte order mark and line ends included), UTF-8 or else Windows-1252; at most 1 MB. */
  read(path: string): Promise<ReadFile>;
  /** A file that is there keeps its mode and its encoding; refused for a text that the encoding cannot hold. */
  write(path: string, text: string): Promise<WriteOutcome>;
  remove(path: string): Promise<WriteOutcome>;
  rename(path: string, to: string): Promise<WriteOutcome>;
}

/** What a text defines, as the grammar of its language sees it. `faulty`: the grammar does not understand all of it. */
export type Definitions = { readonly definitions: readonly Definition[]; readonly faulty: boolean };

/** Null where there is no grammar for such a file, or it gave up. The text has `\n` as line end and no byte order mark. */
export type FindDefinitions = (path: string, text: string) => Promise<Definitions | null>;

/** A secret that was found: the rule that found it, never the secret itself. */
export type SecretFinding = { readonly path: string; readonly rule: string; readonly line: number };

/** Looks for secrets in texts. */
export type SecretScan = (
  files: readonly { readonly path: string; readonly text: string }[],
) => Promise<readonly SecretFinding[]>;

/** What came of installing a project's dependencies. Only this step has a network. */
export type InstallOutcome =
  | {
      readonly outcome: "skipped" | "cached" | "installed";
      readonly readOnly: readonly Mount[];
      /** Variables with which the dependencies are found. */
      readonly env?: Readonly<Record<string, string>>;
      readonly wallMs: number;
    }
  | { readonly outcome: "failed"; readonly reason: string; readonly wallMs: number };

/**
 * Installs what the lock file of a work tree's project names into a store keyed by that file and the runtime's version.
 * Without a project it is the Node project at the top.
 */
export type InstallDependencies = (
  worktree: string,
  signal?: AbortSignal,
  project?: { readonly directory?: string; readonly kind?: string },
) => Promise<InstallOutcome>;

/** Private directories for the reports of one run, removed by `dispose`. `read` is null where nothing was written. */
export type ReportFolder = {
  /** Where a command writes its reports. */
  readonly directory: string;
  /** Our reporters, by file name: `node-test-reporter.mjs`, `unittest-runner.py`. */
  readonly tools: string;
  read(name: string): Promise<string | null>;
  dispose(): Promise<void>;
};

export type OpenReportFolder = () => Promise<ReportFolder>;

/** What a kind of project needs beside what every command sees: shown read-only, found by PATH and variables. */
export type Toolchain = {
  readonly readOnly: readonly Mount[];
  readonly path: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A line for the shell, to be run before each command; empty or absent where nothing has to be. */
  readonly before?: string;
};

/** Finds the toolchains of some languages on this machine; empty where the system's own folders hold all there is. */
export type FindToolchain = (languages: readonly string[]) => Promise<Toolchain>;

/** A migration as it is to be applied: its statements, each with the line in which it begins. */
export type Migration = {
  readonly path: string;
  readonly statements: readonly { readonly sql: string; readonly line: number }[];
};

/** What became of migrations in an empty database. `failed` names the first that does not apply, by its place in the list. */
export type MigrationOutcome =
  | { readonly kind: "applied" }
  | {
      readonly kind: "failed";
      readonly at: number;
      /** From 1. */
      readonly statement: number;
      readonly line: number;
      readonly message: string;
    }
  | { readonly kind: "not-run"; readonly reason: string };

/** Applies migrations one after the other in a database that is made for it in the sandbox, and thrown away. */
export type MigrateInScratch = (
  engine: "postgresql" | "sqlite",
  migrations: readonly Migration[],
  run: Pick<SandboxRun, "worktree"> & Partial<Pick<SandboxRun, "signal" | "trusted">>,
) => Promise<MigrationOutcome>;
