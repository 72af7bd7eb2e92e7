import { principalName } from "../../kernel/principal.ts";
import { type Decision, decisionName, mostDecisionsRead } from "../../planning/domain/decision.ts";
import { decidingRoles } from "../../planning/domain/judge-decision.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { codeSpan, inlineText } from "./safe-text.ts";
import { rolePhrase } from "./state-texts.ts";

/** What of a task is named where a decision affects it. */
export type TaskOfDecision = Pick<Task, "id" | "number" | "issueNumber">;

/** How many decisions the status comment and `/why` show, and how many files of each. */
const shownDecisions = 5;
const shownFiles = 3;

/** The answer to a `/decide` that is a proposal: its name, what it affects, and who makes it hold, how. */
export function proposalText(decision: Decision, tasks: readonly TaskOfDecision[]): string {
  const who = rolePhrase(decidingRoles);
  return [
    `Recorded as **${decisionName(decision)}**, a proposal: ${inlineText(decision.title, 160)}`,
    `It affects ${affectedText(decision, tasks)}. It holds, and agents are shown it, once ${who} has approved it. Either way: ${waysToJudge(decision)}.`,
  ].join("\n\n");
}

/** The decisions of a story, for its status comment: what waits for a word first, then what holds, newest first. */
export function decisionsPart(decisions: readonly Decision[], tasks: readonly TaskOfDecision[]): string {
  const stated = decisions.filter(({ category }) => category === "stated").toReversed();
  const proposed = stated.filter(({ status }) => status === "proposed");
  const shown = [...proposed, ...stated.filter(({ status }) => status === "approved")];
  if (shown.length === 0) return "";
  const lines = shown.slice(0, shownDecisions).map((decision) => {
    const waits =
      decision.status === "proposed" ? ` Waits for ${rolePhrase(decidingRoles)}: ${waysToJudge(decision)}.` : "";
    return `- ${decisionLine(decision, tasks)}${waits}`;
  });
  const more = shown.length - lines.length;
  // Nobody counts those that were not read.
  const count = decisions.length < mostDecisionsRead ? `${more}` : `at least ${more}`;
  return ["#### Decisions", ...lines, ...(more > 0 ? [`- … ${count} more`] : [])].join("\n");
}

/** The last decisions as `/why` shows them, oldest first. */
export function decisionLines(decisions: readonly Decision[], tasks: readonly TaskOfDecision[]): readonly string[] {
  return decisions.slice(-shownDecisions).map((decision) => `- ${decisionLine(decision, tasks)}`);
}

function decisionLine(decision: Decision, tasks: readonly TaskOfDecision[]): string {
  const { title, status, author, judgement } = decision;
  const by = inlineText(principalName(author));
  const judged =
    judgement === null || status === "proposed" ? "" : `, ${status} by ${inlineText(principalName(judgement.by))}`;
  const why = judgement?.reason == null ? "" : `: ${inlineText(judgement.reason, 160)}`;
  const said = status === "proposed" ? `proposed by ${by}` : `by ${by}`;
  return `**${decisionName(decision)}** ${inlineText(title, 160)} (${said}${judged}${why}; ${affectedText(decision, tasks)})`;
}

function waysToJudge(decision: Decision): string {
  const name = decisionName(decision);
  return `\`/approve ${name}\` or \`/reject ${name} <why>\``;
}

/** What it affects; GitHub makes links of numbers and of whole commit ids. */
function affectedText({ taskId, affects }: Decision, tasks: readonly TaskOfDecision[]): string {
  const { pullRequest, commit, files } = affects;
  const more = files.length - shownFiles;
  const parts = [
    ...(taskId === null ? ["the whole story"] : [taskName(taskId, tasks)]),
    ...(pullRequest === null ? [] : [`#${pullRequest}`]),
    ...(commit === null ? [] : [commit.sha]),
    ...files.slice(0, shownFiles).map((path) => codeSpan(path)),
    ...(more > 0 ? [`${more} more ${more === 1 ? "file" : "files"}`] : []),
  ];
  return parts.join(" · ");
}

function taskName(id: Task["id"], tasks: readonly TaskOfDecision[]): string {
  const task = tasks.find((each) => each.id === id);
  const number = task?.number ?? Number(id.slice(id.lastIndexOf("t") + 1));
  return `task ${number}${task?.issueNumber == null ? "" : ` #${task.issueNumber}`}`;
}
