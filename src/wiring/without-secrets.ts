import type { Checks, CommandRun, TestResult } from "../deliberation/application/ports.ts";
import type { CheckReport } from "../workflow/domain/failing-checks.ts";
import { redact } from "./redact.ts";

type Runs = Pick<Checks, "commands" | "dryRun" | "tests">;

/**
 * The same checks, with what they print, names of tests included, without secrets: a repository may hold some, and a
 * candidate's test may print them into what a pull request shows.
 */
export function withoutSecrets(runs: Runs): Runs {
  return {
    async commands(workspace, options) {
      const { builds, lint } = await runs.commands(workspace, options);
      return { builds: await redactRun(builds), lint: await redactRun(lint) };
    },
    async dryRun(workspace, kind, changes, options) {
      const run = await runs.dryRun(workspace, kind, changes, options);
      return { ...(await redactRun(run)), failing: await each(run.failing, redact) };
    },
    async tests(workspace, files, options) {
      const run = await runs.tests(workspace, files, options);
      return { ...(await redactRun(run)), tests: await each(run.tests, redactTest) };
    },
  };
}

/** What a check of GitHub said, without secrets: it is kept, and shown to agents. */
export async function reportWithoutSecrets<T extends CheckReport>({ name, failed, ...report }: T) {
  const said = failed && { summary: await redact(failed.summary), output: await redact(failed.output) };
  return { ...report, name: await redact(name), failed: said };
}

/** One after the other, so that what comes again, such as a file's path, is remembered. */
async function each<T>(all: readonly T[], change: (one: T) => Promise<T>): Promise<readonly T[]> {
  const changed: T[] = [];
  for (const one of all) changed.push(await change(one));
  return changed;
}

async function redactRun<T extends CommandRun>(run: T): Promise<T> {
  return { ...run, reason: await redact(run.reason), output: await redact(run.output) };
}

async function redactTest(test: TestResult): Promise<TestResult> {
  const { name, file, reason } = test;
  return {
    ...test,
    name: await redact(name),
    file: file === null ? null : await redact(file),
    reason: reason && (await redact(reason)),
  };
}
