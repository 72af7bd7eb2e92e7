import type { Candidate } from "../../deliberation/domain/candidate.ts";
import type { ImplementationOutcome } from "../../deliberation/domain/outcome.ts";
import { principalName } from "../../kernel/principal.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { candidateTable, costLine } from "./candidate-table.ts";
import { simulatedNotice } from "./council-check.ts";
import type { CouncilView } from "./council-view.ts";
import { fitSections } from "./fit-sections.ts";
import { overdueLines } from "./overdue.ts";
import { codeSpan, inlineText, quotedText } from "./safe-text.ts";
import { taskStateTexts, waitingFor } from "./state-texts.ts";

/** The text of a task's sub-issue. It does not change with the state: labels and the pull request show that. */
export function subIssueText(task: Task, simulated: string | null): string {
  return fitSections([
    { text: simulatedNotice(simulated), priority: 0 },
    { text: quotedText(task.description, 4_000), priority: 1 },
    {
      text: [
        `- story: #${task.storyIssue}`,
        `- type: ${task.type}, for: ${task.role}, estimate: ${task.estimateHours} h`,
        `- covers acceptance criteria: ${task.covers.join(", ") || "none"}`,
        task.dependsOn.length === 0 ? "" : `- after: ${task.dependsOn.map((number) => `task ${number}`).join(", ")}`,
        `- branch: ${codeSpan(task.branch)}`,
      ]
        .filter((line) => line !== "")
        .join("\n"),
      priority: 0,
    },
    { text: "Take it with `/claim` and push to the branch, or hand it to a council with `/council`.", priority: 0 },
  ]);
}

/** The text of a task's pull request: what it is for. What becomes of it stands in the status comment. */
export function pullRequestText(task: Task, draft: boolean, simulated: string | null): string {
  return fitSections([
    { text: simulatedNotice(simulated), priority: 0 },
    {
      text: draft
        ? "**Nobody on the council passed the checks.** This is the best attempt, as a draft, with its evidence."
        : "",
      priority: 0,
    },
    { text: quotedText(task.description, 4_000), priority: 1 },
    {
      text: `Task ${task.number} of story #${task.storyIssue}, covers acceptance criteria ${task.covers.join(", ") || "–"}.`,
      priority: 0,
    },
    { text: task.issueNumber === null ? "" : `Closes #${task.issueNumber}.`, priority: 0 },
    {
      text: "Review it as any pull request: an approving review passes your gate, a review that requests changes sends it back with your words.",
      priority: 0,
    },
  ]);
}

/** Said on the pull request where the App may not read or write check runs. */
export const noChecksNote =
  "Check runs are not open to the App here, so it neither shows its own nor waits for those of others: the reviews decide. An owner can grant the App's permission *Checks: read and write*.";

/** The status comment of a task's pull request; `notes` say what this GitHub lacks. */
export function pullRequestStatus(
  task: Task,
  council: CouncilView | null,
  blocked: string | null,
  simulated: string | null,
  notes: readonly string[] = [],
): string {
  const whom = waitingFor(taskStateTexts[task.state]);
  const outcome = council?.outcome?.kind === "implementation" ? council.outcome : null;
  return fitSections([
    { text: simulatedNotice(simulated), priority: 0 },
    {
      text: `### Task ${task.number}: \`${task.state}\`\n${taskStateTexts[task.state].text}${whom === null ? "" : ` Waiting for **${whom}**.`}`,
      priority: 0,
    },
    {
      text: task.merged
        ? `Merged as ${codeSpan(task.mergeSha ?? "")}.`
        : blocked === null
          ? ""
          : inlineText(blocked, 500),
      priority: 0,
    },
    { text: overdueLines(task), priority: 0 },
    { text: holderLine(task), priority: 0 },
    { text: council === null ? "" : councilPart(council, outcome), priority: 1 },
    { text: feedbackPart(task), priority: 2 },
    { text: notes.map((note) => `<sub>${note}</sub>`).join("\n"), priority: 3 },
  ]);
}

function holderLine(task: Task): string {
  const gaveUp = task.councilGaveUp === null ? "" : ` The council gave up: ${inlineText(task.councilGaveUp, 300)}`;
  if (task.assignee === null) return gaveUp.trim();
  const holder = task.assignee.kind === "council" ? "a council" : inlineText(principalName(task.assignee.principal));
  return `Held by ${holder}, round ${task.round}.${gaveUp}`;
}

function councilPart(council: CouncilView, outcome: ImplementationOutcome | null): string {
  const head = `#### Council, round ${council.round}: ${council.status}`;
  if (outcome === null) return council.note === null ? head : `${head}\n${inlineText(council.note, 500)}`;
  return `${head}\n${inlineText(outcome.reason, 500)}\n\n${candidateTable(outcome)}\n\n${costLine(outcome)}`;
}

function feedbackPart(task: Task): string {
  if (task.feedback.length === 0) return "";
  const lines = task.feedback.map(
    (said) => `- round ${said.round}, ${said.role} ${inlineText(said.by, 60)}: ${inlineText(said.text, 400)}`,
  );
  return `#### Feedback\n${lines.join("\n")}`;
}

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
