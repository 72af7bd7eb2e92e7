import { z } from "zod";
import type { DeliberationJob } from "../job.ts";
import type { Prompting } from "../ports.ts";
import { caseLines } from "./shared-prefix.ts";

/** A judge's answer: which of the two it was shown, by the place at which it was shown. */
export const judgeAnswerSchema = z.object({
  better: z.enum(["A", "B", "neither"]),
  reason: z.string().max(2_000).default(""),
});

/** Asks which of two changes that passed the same checks is the better one (COUNCIL.md step 6). Names no author. */
export async function judgePrompt(
  job: DeliberationJob,
  changes: { readonly a: string; readonly b: string },
  prompting: Prompting,
): Promise<string> {
  return [
    await caseLines(job, "judgement", prompting),
    "Two members wrote a change for the task above. Both pass the same checks. Say which one does the task better: first whether it does what the acceptance criteria say, also in cases that no test covers; then whether it fits the code around it and changes no more than it must. The order in which they stand here says nothing.",
    prompting.fence("Change A", await prompting.redact(changes.a)),
    prompting.fence("Change B", await prompting.redact(changes.b)),
    '"better" is "A", "B", or "neither" where they are as good as each other; "reason" is one short sentence that does not name A or B.',
    'Answer with one JSON object: {"better": "neither", "reason": "…"}',
  ].join("\n\n");
}
