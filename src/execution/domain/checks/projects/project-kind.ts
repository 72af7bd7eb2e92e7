import type { CheckCommand, Checks } from "../checks.ts";

/** What is known of one project: the paths of its files, relative to it, and the texts of some of them by path. */
export type ProjectFacts = {
  readonly files: readonly string[];
  readonly texts: Readonly<Record<string, string>>;
};

/** One kind of project: how its place is known, what has to be read, and what can be checked on it. */
export type ProjectKind = {
  readonly name: string;
  /** The name of a file that marks a project's own directory. */
  readonly marker: RegExp;
  /** Files of the project whose text decides. */
  readonly reads: readonly string[];
  /** Of files that fit, the first few are read too: only their text tells how they are run. */
  readonly samples?: RegExp;
  checks(facts: ProjectFacts): Checks;
  /** Whether this project's own commands also run projects of the same kind below it. */
  coversNested(facts: ProjectFacts): boolean;
  /** Whether its test command builds what it tests; elsewhere the build goes before the tests. */
  testsBuild(facts: ProjectFacts): boolean;
};

/** A command whose exit status is all there is. */
export function plain(command: string): CheckCommand {
  return { command, runner: null };
}

export function hasFile(facts: ProjectFacts, pattern: RegExp): boolean {
  return facts.files.some((path) => pattern.test(path));
}

export function textOf(facts: ProjectFacts, path: string): string {
  return facts.texts[path] ?? "";
}
