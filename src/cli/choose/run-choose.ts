import { choose } from "../../deliberation/application/choose/choose.ts";
import { cleanText } from "../../execution/domain/checks/failure-lines.ts";
import { findCommit } from "../../execution/infrastructure/find-commit.ts";
import type { Environment } from "../../platform/config/environment.ts";
import { createLogger } from "../../platform/logging/create-logger.ts";
import { readCandidates, readGivenTests } from "../../wiring/given-candidates.ts";
import { type Chooser, openChooser } from "../../wiring/open-chooser.ts";
import { choiceReport } from "./choice-json.ts";
import { choiceLines } from "./choice-lines.ts";
import { type ChooseOptions, chooseExitCodes, parseRole, parseTimeout, requireDirectory } from "./choose-options.ts";
import { readRepositorySettings } from "./repository-settings.ts";
import { UsageError } from "./usage-error.ts";

/** Candidates that are checked at once: their checks are processes of this machine. */
const atOnce = 2;

export type Output = {
  readonly out: (text: string) => void;
  /** Progress and complaints, one line at a time. */
  readonly say: (line: string) => void;
};

/**
 * `fleet choose`: runs the check matrix on given changes and says which one wins, and why. Answers with the exit code
 * (`chooseExitCodes`); the repository is only read.
 */
export async function runChoose(environment: Environment, options: ChooseOptions, output: Output): Promise<number> {
  try {
    return await chooseWith(environment, options, output);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    output.say(`${error.message}\nfleet choose --help lists the options.`);
    return chooseExitCodes.usage;
  }
}

async function chooseWith(environment: Environment, options: ChooseOptions, output: Output): Promise<number> {
  const { out } = output;
  // Names of files and tests are a candidate's own words.
  const say = (line: string): void => output.say(cleanText(line));
  const started = performance.now();
  const wallMs = parseTimeout(options.timeout);
  const role = parseRole(options.role, options.tests);
  requireDirectory("--repo", options.repo, "the top directory of a git repository");
  requireDirectory("--candidates", options.candidates, "a directory with one *.patch, *.diff or folder a candidate");
  if (options.tests !== undefined)
    requireDirectory("--tests", options.tests, "a directory with test files at their paths in the repository");
  const found = await findCommit(options.repo, options.base);
  if ("wrong" in found) throw commitError(found, options);

  const interrupt = new AbortController();
  const stop = (): void => interrupt.abort();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    const logger = createLogger({ ...environment.log, level: "silent" });
    const chooser = await openChooser({ sandbox: environment.sandbox, logger });
    const { candidates, ignored } = await readCandidates(options.candidates, chooser.workspaces);
    if (candidates.length === 0) throw noCandidates(options.candidates, ignored);
    const { configuration, policy } = await readRepositorySettings(found, say);
    const choice = await choose(
      { ...chooser, say },
      {
        mirror: found.gitDirectory,
        sha: found.sha,
        candidates,
        tests: options.tests === undefined ? null : await givenTests(options.tests, chooser),
        policy,
        role,
        atOnce,
        options: { configuration, trusted: false, signal: interrupt.signal, wallMs },
      },
    );
    if (interrupt.signal.aborted) return chooseExitCodes.interrupted;
    const { sandbox } = chooser.checks;
    const ms = Math.round(performance.now() - started);
    const report = choiceReport(choice, { ...options, role, sha: found.sha, sandbox, ignored, ms });
    out(options.json ? `${JSON.stringify(report, null, 2)}\n` : `${choiceLines(report)}\n`);
    if (choice.selection.winner !== null) return chooseExitCodes.winner;
    return sandbox === null ? chooseExitCodes.noSandbox : chooseExitCodes.nobody;
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

async function givenTests(directory: string, { workspaces }: Chooser) {
  const tests = await readGivenTests(directory, workspaces);
  if (tests.files.length > 0) return tests;
  throw new UsageError(
    "--tests",
    directory,
    "it holds no test file",
    "Put test files there at their paths in the repository.",
  );
}

function commitError(
  problem: { wrong: "directory" | "revision"; message: string },
  options: ChooseOptions,
): UsageError {
  return problem.wrong === "directory"
    ? new UsageError("--repo", options.repo, problem.message, "Give the top directory of a git repository.")
    : new UsageError("--base", options.base, problem.message, "Give a commit id, a branch or a tag of --repo.");
}

function noCandidates(directory: string, ignored: readonly string[]): UsageError {
  const wrong = `it holds no candidate (${ignored.slice(0, 3).join(", ")})`;
  return new UsageError("--candidates", directory, wrong, "Put one *.patch, *.diff or folder a candidate there.");
}
