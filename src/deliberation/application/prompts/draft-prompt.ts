import type { DeliberationJob } from "../job.ts";
import type { Prompting } from "../ports.ts";
import { assignment } from "./assignment.ts";
import { type Evidence, evidenceText } from "./evidence-text.ts";
import { caseLines } from "./shared-prefix.ts";

/** How code travels: small models write it in fences, after one worked example, and cannot write unified diffs. */
export const answerForm = `Answer with the edits and one sentence that says what you did. To change a file, write its path on a line of its own and then a fenced block with the lines to find and the lines to put there:

src/greet.js
\`\`\`js
<<<<<<< SEARCH
export function greet(name) {
  return "Hello " + name;
}
=======
export function greet(name) {
  return \`Hello, \${name}!\`;
}
>>>>>>> REPLACE
\`\`\`

The SEARCH lines must be copied exactly from the file and stand in it only once. For a new file, or to write a file anew, write its path and then a fenced block with the whole text:

src/shout.js
\`\`\`js
export function shout(text) {
  return text.toUpperCase();
}
\`\`\`

To write one function, method or class anew, name it and its file, and then write the whole of it in a fenced block:

FUNCTION greet in src/greet.js
\`\`\`js
export function greet(name) {
  return \`Good day, \${name}!\`;
}
\`\`\`

To remove or move a file, write \`DELETE src/old.js\` or \`RENAME src/old.js -> src/new.js\` on a line of its own.

Change only what the work needs. Keep everything working that works now. The paths and names above are an example, not part of the repository.`;

/** Asks for a change that satisfies the task's criteria. `bounds`: `roleBounds`. `extra` is the member's own slice of code, last. */
export async function draftPrompt(
  job: DeliberationJob,
  bounds: string,
  extra: string,
  prompting: Prompting,
): Promise<string> {
  return [
    await caseLines(job, "draft", prompting),
    assignment(job),
    ...(bounds === "" ? [] : [bounds]),
    answerForm,
    ...(extra === "" ? [] : [extra]),
  ].join("\n\n");
}

/** Answers edits that do not apply, once, with the nearest match (COUNCIL.md step 2). `feedback` holds no secret. */
export function repairPrompt(feedback: string, prompting: Prompting): string {
  return [
    "Purpose: repair",
    "Some edits could not be applied; the others were.",
    prompting.fence("What did not apply", feedback.slice(0, 6_000)),
    "Send these edits again, corrected, in the same form. Do not send the others again.",
  ].join("\n\n");
}

/** The last attempt: from the unchanged files, with whole files. `feedback` holds no secret. */
export function restartPrompt(feedback: string, prompting: Prompting): string {
  return [
    "Purpose: restart",
    "Your edits could not be applied, so all of them were undone.",
    prompting.fence("What did not apply", feedback.slice(0, 3_000)),
    "Send the whole change again. Write each changed file anew as a whole: its path, then a fenced block with its full text.",
  ].join("\n\n");
}

/**
 * Shows a member what its own candidate's checks said and what peers found in it, both with evidence; it may revise once
 * (COUNCIL.md step 5). `checks` and `findings` are empty where there are none.
 */
export async function revisionPrompt(job: DeliberationJob, evidence: Evidence, prompting: Prompting): Promise<string> {
  return [
    await caseLines(job, "revision", prompting),
    await evidenceText(evidence, prompting),
    'Send further edits, in the same form, that mend it. The files now hold your change. If you would not change anything, answer "no change".',
  ].join("\n\n");
}
