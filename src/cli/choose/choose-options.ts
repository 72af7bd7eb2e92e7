import { lstatSync, readdirSync, statSync } from "node:fs";
import { writingRoles } from "../../execution/domain/policy/tool-policy.ts";
import { isRole, type Role } from "../../kernel/roles.ts";
import { UsageError } from "./usage-error.ts";

/** The options of `fleet choose` as the command line gives them. */
export type ChooseOptions = {
  readonly repo: string;
  readonly base: string;
  readonly candidates: string;
  readonly tests?: string | undefined;
  /** Whose candidates they are. */
  readonly role: string;
  /** Seconds. */
  readonly timeout: string;
  readonly json: boolean;
};

/**
 * Exit codes of `fleet choose`. `nobody`: every candidate was measured and none passes. `usage` (EX_USAGE): an option
 * cannot be meant. `noSandbox` (EX_UNAVAILABLE): nothing may be run here, so nobody can pass. `interrupted`: by SIGINT.
 */
export const chooseExitCodes = { winner: 0, nobody: 3, usage: 64, noSandbox: 69, interrupted: 130 } as const;

/** @throws UsageError unless it is a directory with something in it. */
export function requireDirectory(option: string, value: string, holds: string): void {
  const found = statSync(value, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(option, value, "there is no such directory", `Give ${holds}.`);
  if (!found.isDirectory()) {
    const what = lstatSync(value).isFile() ? "a file" : "no directory";
    throw new UsageError(option, value, `it is ${what}`, `Give ${holds}.`);
  }
  if (readdirSync(value).length === 0) throw new UsageError(option, value, "it is empty", `Give ${holds}.`);
}

/** @throws UsageError unless it is a number of seconds between 1 and a day. */
export function parseTimeout(value: string): number {
  const seconds = Number(value);
  if (value.trim() !== "" && seconds >= 1 && seconds <= 86_400) return Math.round(seconds * 1_000);
  throw new UsageError("--timeout", value, "it is no number of seconds from 1 to 86400", "For example --timeout 300.");
}

/** @throws UsageError unless it is a role whose work is changes, and one that `--tests` can measure where it is given. */
export function parseRole(value: string, tests: string | undefined): Role {
  const known = `Give one of ${writingRoles.join(", ")}.`;
  if (!isRole(value)) throw new UsageError("--role", value, "there is no such role", known);
  if (!writingRoles.includes(value)) throw new UsageError("--role", value, "this role changes no files", known);
  if (value === "qa" && tests !== undefined)
    throw new UsageError(
      "--role",
      value,
      "its candidates are tests themselves and are measured by no others",
      "Leave --tests away.",
    );
  return value;
}
