import type { Choice } from "../domain/code/choose-code.ts";
import type { Commit } from "../domain/code/history.ts";
import type { Language } from "../domain/code/language.ts";
import type { LeftOutReason } from "../domain/code/left-out.ts";
import type { ParsedFile } from "../domain/code/parsed-file.ts";
import type { CountTokens } from "../domain/context.ts";
import type { CountByModel } from "./fit-to-model.ts";

/** A text file of a commit, with git's id of its content. Line ends are `\n`. */
export type TreeFile = { readonly path: string; readonly blob: string; readonly text: string };

/** The files of one commit that are worth reading, by path, and the others with the reason. */
export type CommittedTree = {
  /** The commit's whole id. */
  readonly commit: string;
  readonly files: readonly TreeFile[];
  readonly leftOut: readonly { readonly path: string; readonly reason: LeftOutReason }[];
};

/** A repository that the code is read from, at the commit that HEAD names when it is opened. */
export type SourceRepository = {
  readTree(): Promise<CommittedTree>;
  /** The latest commits, newest first; how many is bounded. */
  readHistory(): Promise<readonly Commit[]>;
};

/** Null where the grammar gives up on the file. */
export type ParseSource = (path: string, text: string, language: Language) => Promise<ParsedFile | null>;

export type RedactedText = {
  readonly text: string;
  readonly found: readonly { readonly rule: string; readonly count: number }[];
};

/** Takes secrets out of a text. The answer has as many lines, so that line numbers stay true. */
export type RedactText = (text: string, path: string) => Promise<RedactedText>;

/** The code of one commit, as contexts are made from it. */
export type CodeSource = {
  readonly commit: string;
  /** What is worth showing for a text, and the tests that cover it. */
  choose(about: string): Promise<Choice>;
  /** The texts of files by path, with line ends `\n`; of what is missing or no text there is none. */
  texts(paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
};

export type ContextPorts = {
  readonly redact: RedactText;
  readonly countTokens: CountTokens;
  /** Without it the estimate of `countTokens` and its margin stand. */
  readonly countByModel?: CountByModel | undefined;
};

export type CodeContextPorts = {
  readonly countByModel?: CountByModel | undefined;
  readonly repository: SourceRepository;
  readonly parse: ParseSource;
  readonly redact: RedactText;
  readonly countTokens: CountTokens;
  /** Told what is done next, for people who wait. */
  readonly progress: (step: string) => void;
};
