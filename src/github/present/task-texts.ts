import type { Candidate } from "../../deliberation/domain/candidate.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { simulatedNotice } from "./council-check.ts";
import type { CouncilView } from "./council-view.ts";
import { fitSections } from "./fit-sections.ts";
import { codeSpan, quotedText } from "./safe-text.ts";
import { rolePhrase } from "./state-texts.ts";

/** The text of a task's sub-issue. It does not change with the state: labels and the pull request show that. */
export function subIssueText(task: Task, simulated: string | null): string {
  return fitSections([
    { text: simulatedNotice(simulated), priority: 0 },
    { text: quotedText(task.description, 4_000), priority: 1 },
    {
      text: [
        `- story: #${task.storyIssue}`,
        `- ${task.type}, for ${rolePhrase([task.role])}, about ${task.estimateHours} h`,
        task.covers.length === 0 ? "" : `- acceptance criteria: ${task.covers.join(", ")}`,
        task.dependsOn.length === 0 ? "" : `- after: ${task.dependsOn.map((number) => `task ${number}`).join(", ")}`,
        `- branch: ${codeSpan(task.branch)}`,
      ]
        .filter((line) => line !== "")
        .join("\n"),
      priority: 0,
    },
    { text: "Take it with `/claim` and push to that branch, or hand it to a council with `/council`.", priority: 0 },
  ]);
}

/** The text of a task's pull request: what it is for. What becomes of it stands in the status comment. */
export function pullRequestText(task: Task, draft: boolean, simulated: string | null): string {
  return fitSections([
    { text: simulatedNotice(simulated), priority: 0 },
    {
      text: draft
        ? "**No candidate of the council passed the checks.** This is the best one, as a draft, with its evidence."
        : "",
      priority: 0,
    },
    { text: quotedText(task.description, 4_000), priority: 1 },
    {
      text: `Task ${task.number} of story #${task.storyIssue}${task.covers.length === 0 ? "" : `, for acceptance criteria ${task.covers.join(", ")}`}.`,
      priority: 0,
    },
    { text: task.issueNumber === null ? "" : `Closes #${task.issueNumber}.`, priority: 0 },
    {
      text: "Review it like any pull request: your approval passes your gate, a request for changes sends it back with your words.",
      priority: 0,
    },
  ]);
}

/** Said on the pull request where the App may not read or write check runs. */
export const noChecksNote =
  "Check runs are not open to the App here, so it neither shows its own nor waits for those of others: the reviews decide. An owner can grant the App's permission *Checks: read and write*.";

/** Said on the pull request of a branch with more commits than are read, before anybody tries to decide on it. */
export const authorsUnknownNote =
  "This branch has more commits than are read, so not every author is known and nobody can decide on it: squash it to fewer commits, keep the lines that name co-authors, and push it.";

/** The trailers of a published commit, each on a line of its own: the writer finds its commit again by them. */
export function commitTrailers(task: Task, council: CouncilView, candidate: Candidate): readonly string[] {
  return [
    `Fleet-Story: ${task.owner}/${task.repo}#${task.storyIssue}`,
    `Fleet-Task: ${task.id}`,
    deliberationTrailer(council.id),
    `Fleet-Model: ${oneLine(candidate.model)}`,
    `Fleet-Context: ${oneLine(council.contextHash)}`,
  ];
}

/** The trailer that no other commit has. */
export function deliberationTrailer(id: string): string {
  return `Fleet-Deliberation: ${id}`;
}

/** The deliberation that a commit's message names in its trailer; null where it has none. */
export function deliberationOf(message: string): string | null {
  return /^Fleet-Deliberation: (\S+)$/m.exec(message)?.[1] ?? null;
}

/** The message of a published commit. The member's own words are prose: they cannot add a trailer. */
export function commitMessage(task: Task, council: CouncilView, candidate: Candidate): string {
  const words = oneLine(candidate.summary).replace(/[@#]/g, "").slice(0, 600);
  const body = wrap(words);
  const subject = oneLine(task.title).replace(/[@#]/g, "").slice(0, 72);
  return [subject, ...(body === "" ? [] : [body]), commitTrailers(task, council, candidate).join("\n")].join("\n\n");
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, " ").trim();
}

/** Lines of at most 72 characters, indented so that none reads as a trailer. */
function wrap(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(" ").filter((part) => part !== "")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < 71) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => line.replace(/^([A-Za-z-]+): /, "$1 - ")).join("\n");
}
