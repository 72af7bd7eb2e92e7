import { agentActions } from "../../domain/agent/decision.ts";
import type { DeliberationJob } from "../job.ts";
import type { Prompting } from "../ports.ts";
import { assignment } from "./assignment.ts";
import { answerForm } from "./draft-prompt.ts";
import { type Evidence, evidenceText } from "./evidence-text.ts";
import { caseLines } from "./shared-prefix.ts";

/**
 * Opens a member's loop (COUNCIL.md step 2): what it may do in a turn, one worked example of a decision and of edits.
 * `bounds`: `roleBounds`. `extra` is the member's own slice of code. `evidence`: what there is against its own candidate,
 * where the loop revises that; null where it drafts.
 */
export async function agentPrompt(
  job: DeliberationJob,
  turns: number,
  texts: { readonly bounds: string; readonly extra: string; readonly evidence: Evidence | null },
  prompting: Prompting,
): Promise<string> {
  const { bounds, extra, evidence } = texts;
  return [
    await caseLines(job, "agent", prompting),
    assignment(job),
    ...(bounds === "" ? [] : [bounds]),
    `You work in turns, ${turns} at most. In each turn you answer with one JSON object that says what to do next, and then you are told what came of it. "action" is one of:`,
    Object.entries(agentActions)
      .map(([action, text]) => `- ${action}: ${text}`)
      .join("\n"),
    `One turn, as an example:

{"why": "I look for where names are greeted.", "action": "search", "path": "src", "from": null, "to": null, "text": "greet("}`,
    "Read what you change before you change it. After an edit, check; when a check fails, mend it. Finish when the work is done. Doing the same again on the same files tells you nothing new.",
    `Only when you have decided to edit, you are asked for the edits, and then you answer with them instead of JSON. ${answerForm}`,
    ...(extra === "" ? [] : [extra]),
    ...(evidence === null ? [] : [await revisionText(job, evidence, prompting)]),
    "Now the first turn: answer with one JSON object.",
  ].join("\n\n");
}

async function revisionText(job: DeliberationJob, evidence: Evidence, prompting: Prompting): Promise<string> {
  return [
    await caseLines(job, "agent revision", prompting),
    "You have done this already, and the files hold your change.",
    await evidenceText(evidence, prompting),
    "Mend it. If you would not change anything, finish at once.",
  ].join("\n\n");
}

/** Asks for the edits of a turn; how they are written was said at the beginning. */
export const editRequest =
  "Write the edits now, in the form that was shown, each path on a line of its own before its fenced block, and one sentence that says what you did. No JSON.";

/** What came of a turn, for the model. The result is made of others' words and stands in a fence. */
export function resultText(
  step: { readonly turn: number; readonly outcome: string; readonly result: string },
  turnsLeft: number,
  prompting: Prompting,
): string {
  const left = turnsLeft <= 5 ? ` ${turnsLeft} ${turnsLeft === 1 ? "turn is" : "turns are"} left.` : "";
  return [
    prompting.fence(`Turn ${step.turn}: ${step.outcome}. What came of it`, step.result),
    `Answer with one JSON object: the next turn.${left}`,
  ].join("\n\n");
}
