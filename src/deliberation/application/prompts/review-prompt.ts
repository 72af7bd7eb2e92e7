import type { z } from "zod";
import {
  mostFindings,
  type ReviewRole,
  reviewVerdicts,
  type StoryReview,
  storyReviewSchema,
} from "../../../kernel/review.ts";
import type { DeliberationJob } from "../job.ts";
import type { Prompting } from "../ports.ts";
import { caseLines } from "./shared-prefix.ts";

/**
 * A review as a model answers it: the published schema constrains the answer and parses it. Hosts without constrained
 * decoding leave empty lists out.
 */
export const reviewAnswerSchema = storyReviewSchema.extend({
  risks: storyReviewSchema.shape.risks.default([]),
  missingCriteria: storyReviewSchema.shape.missingCriteria.default([]),
  testsNeeded: storyReviewSchema.shape.testsNeeded.default([]),
  operations: storyReviewSchema.shape.operations.default([]),
}) satisfies z.ZodType<StoryReview>;

/** What each role looks at first; it may say something under every heading. */
const perspectives: Readonly<Record<ReviewRole, string>> = {
  architect:
    "You review as the architect: whether the story fits the code that is there, what it would break, what it leaves undecided, whether it is one change or several.",
  qa: "You review as qa: whether every acceptance criterion can be tested as it is written, which cases and limits no criterion names, which tests are needed.",
  devops:
    "You review as devops: what the change needs to run: configuration, data that must be migrated, roll-out and roll-back, what has to be watched, load, secrets.",
};

/** What a seat of the review is asked, behind the part that all share. */
export async function reviewPrompt(job: DeliberationJob, role: ReviewRole, prompting: Prompting): Promise<string> {
  return [
    await caseLines(job, "review", prompting),
    `Reviewer: ${role}`,
    perspectives[role],
    `Review the story, not a change: nothing is written yet. "verdict" is one of ${reviewVerdicts.join(", ")}: "ready" when it can be planned as it stands, "needs-changes" when its text must say more first, "not-ready" when it should not be built so. ` +
      `"summary" says why in one sentence. The lists hold at most ${mostFindings} short sentences each, the weightiest first, and stay empty where there is nothing to say; a verdict other than "ready" names at least one.`,
    'Answer with one JSON object: {"verdict": "needs-changes", "summary": "…", "risks": ["…"], "missingCriteria": ["…"], "testsNeeded": ["…"], "operations": ["…"]}',
  ].join("\n");
}

/** Sends the validator's problems back, once (COUNCIL.md step 8). */
export function reviewRetryPrompt(problems: readonly string[]): string {
  return `The review is not valid:\n${problems.map((problem) => `- ${problem}`).join("\n")}\n\nAnswer again with one corrected JSON object.`;
}
