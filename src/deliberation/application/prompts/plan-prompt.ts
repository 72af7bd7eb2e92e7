import { z } from "zod";
import type { PlanTask } from "../../../kernel/plan.ts";
import { taskTypes } from "../../../kernel/states.ts";
import type { DeliberationJob } from "../job.ts";
import type { Prompting } from "../ports.ts";
import { caseLines } from "./shared-prefix.ts";

/**
 * A plan as a model answers it: the same schema constrains the answer and parses it. Hosts without constrained decoding
 * leave things out, so what has a sensible default has one.
 */
export const planAnswerSchema = z.object({
  rationale: z.string().max(4_000).default(""),
  tasks: z
    .array(
      z.object({
        number: z.int().min(1).max(8),
        title: z.string().min(3).max(120),
        description: z.string().max(4_000).default(""),
        type: z.enum(taskTypes).default("code"),
        role: z.enum(["developer", "qa", "devops", "data"]).default("developer"),
        estimateHours: z.number().min(0.25).max(200).default(4),
        dependsOn: z.array(z.int().min(1).max(8)).default([]),
        covers: z.array(z.int().min(1).max(50)).default([]),
      }),
    )
    .min(1)
    .max(8),
});

export type PlanAnswer = z.infer<typeof planAnswerSchema>;

/** The answer's tasks; a plan of one task that names no criteria covers all of them. */
export function tasksOf(answer: PlanAnswer, criteria: readonly { readonly number: number }[]): readonly PlanTask[] {
  const [only, second] = answer.tasks;
  if (only !== undefined && second === undefined && only.covers.length === 0) {
    return [{ ...only, covers: criteria.map(({ number }) => number) }];
  }
  return answer.tasks;
}

export async function planPrompt(job: DeliberationJob, prompting: Prompting): Promise<string> {
  const numbers = job.story.criteria.map(({ number }) => number).join(", ");
  const rejections = await Promise.all(job.planFeedback.map((text) => prompting.redact(prompting.clean(text))));
  const feedback = rejections.map((text) => prompting.fence("Why an earlier plan was rejected", text));
  return [
    await caseLines(job, "plan", prompting),
    ...feedback,
    "Split the story into the fewest tasks that one person can do, review and merge one after the other, at least 1 and at most 8. " +
      `Number them from 1. "dependsOn" names tasks that must be done first, without a cycle. "covers" names the acceptance criteria (${numbers}) that the task meets; every one must be covered. ` +
      `"type" is one of ${taskTypes.join(", ")}; "estimateHours" is the work of one person.`,
    'Answer with one JSON object: {"rationale": "…", "tasks": [{"number": 1, "title": "…", "description": "…", "type": "code", "role": "developer", "estimateHours": 2, "dependsOn": [], "covers": [1]}]}',
  ].join("\n\n");
}

/** Sends the validator's problems back, once (COUNCIL.md step 8). */
export function planRetryPrompt(problems: readonly string[]): string {
  return `The plan is not valid:\n${problems.map((problem) => `- ${problem}`).join("\n")}\n\nAnswer again with one corrected JSON object.`;
}
