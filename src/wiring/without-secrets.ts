import { redactSecrets } from "../context/domain/redact-secrets.ts";
import type { Checks, CommandRun, TestResult } from "../deliberation/application/ports.ts";
import type { CheckReport } from "../workflow/domain/failing-checks.ts";

type Runs = Pick<Checks, "commands" | "dryRun" | "tests">;

/**
 * The same checks, with what they print, names of tests included, without secrets: a repository may hold some, and a
 * candidate's test may print them into what a pull request shows.
 */
export function withoutSecrets(runs: Runs): Runs {
  return {
    async commands(workspace, options) {
      const { builds, lint } = await runs.commands(workspace, options);
      return { builds: redactRun(builds), lint: redactRun(lint) };
    },
    async dryRun(workspace, kind, changes, options) {
      const run = await runs.dryRun(workspace, kind, changes, options);
      return { ...redactRun(run), failing: run.failing.map(redact) };
    },
    async tests(workspace, files, options) {
      const run = await runs.tests(workspace, files, options);
      return { ...redactRun(run), tests: run.tests.map(redactTest) };
    },
  };
}

/** What a check of GitHub said, without secrets: it is kept, and shown to agents. */
export function reportWithoutSecrets<T extends CheckReport>({ name, failed, ...report }: T) {
  const said = failed && { summary: redact(failed.summary), output: redact(failed.output) };
  return { ...report, name: redact(name), failed: said };
}

function redactRun<T extends CommandRun>(run: T): T {
  return { ...run, reason: redact(run.reason), output: redact(run.output) };
}

function redactTest(test: TestResult): TestResult {
  const { name, file, reason } = test;
  return { ...test, name: redact(name), file: file === null ? null : redact(file), reason: reason && redact(reason) };
}

function redact(text: string): string {
  return redactSecrets(text).text;
}
