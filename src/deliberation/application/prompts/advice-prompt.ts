import { z } from "zod";
import type { AdviceRole } from "../../domain/advice.ts";
import { mostFindings } from "../../domain/critique/finding.ts";
import { mostLines } from "../../domain/critique/replacement.ts";
import type { DeliberationJob } from "../job.ts";
import type { Prompting } from "../ports.ts";
import { remarkFields } from "./critique-prompt.ts";
import { caseLines } from "./shared-prefix.ts";

/** Advice as a model answers it. */
export const adviceAnswerSchema = z.object({ findings: z.array(z.object(remarkFields)).max(50).default([]) });

/** What each role looks for in a change. */
const perspectives: Readonly<Record<AdviceRole, string>> = {
  architect:
    "You look as the architect: where the change breaks what other code relies on, puts something in the wrong place, does twice what is there already, opens a hole, or decides what was decided otherwise.",
  qa: "You look as qa: which acceptance criterion the change misses, which case or limit it gets wrong, which of its branches no test covers, which test cannot fail.",
};

/**
 * Asks one role what is wrong with a change that people made. `diff` carries line numbers and no secret; it is people's own
 * text and stands in a fence.
 */
export async function advicePrompt(
  job: DeliberationJob,
  role: AdviceRole,
  diff: string,
  prompting: Prompting,
): Promise<string> {
  return [
    await caseLines(job, "advice", prompting),
    `Reviewer: ${role}`,
    `People wrote the change below for the task above, and people will decide on it. ${perspectives[role]} Say nothing about style, nothing that is right, and nothing that you only suspect: a wrong remark costs them more than none.`,
    prompting.fence("The change: each file's path, then its lines with their numbers after the change", diff),
    `Every finding is about a line that the change above shows: "file" and "line", the number that stands before it. At most ${mostFindings} findings, the weightiest first, "problem" being one short sentence that says what happens and when. Where a few lines mend it, you may add "replacement": the whole lines, indented as they must be, that shall stand in the place of "line" (through "lastLine", where it is more than one; at most ${mostLines}). If nothing is wrong, "findings" is empty.`,
    'Answer with one JSON object: {"findings": [{"problem": "…", "file": "src/greet.js", "line": 2, "lastLine": null, "replacement": null}]}',
  ].join("\n\n");
}
