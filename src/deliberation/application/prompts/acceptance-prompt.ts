import type { Criterion, DeliberationJob } from "../job.ts";
import type { Prompting } from "../ports.ts";
import { caseLines, codeBlock, type SourceText } from "./shared-prefix.ts";

/**
 * Asks the qa member for one criterion as a test, before any candidate exists. The repository's own test shows the style;
 * the path is given, so that nothing but a new test file can come of it. `example` holds no secret.
 */
export async function acceptancePrompt(
  job: DeliberationJob,
  criterion: Criterion,
  path: string,
  example: SourceText | null,
  prompting: Prompting,
): Promise<string> {
  return [
    await caseLines(job, "acceptance test", prompting),
    `Criterion: ${criterion.number}`,
    prompting.fence(
      `Acceptance criterion ${criterion.number}`,
      await prompting.redact(prompting.clean(criterion.text)),
    ),
    "Write one test file that passes only when the criterion is met. The change is not made yet, so the test must fail " +
      "now. Test what the criterion says and nothing more; do not test how it is done.",
    ...(example === null ? [] : ["A test of this repository, for the style:", codeBlock(example)]),
    `Answer with the whole file: the path on a line of its own, then a fenced block.\n\n${path}\n\`\`\`\n…\n\`\`\``,
  ].join("\n\n");
}
