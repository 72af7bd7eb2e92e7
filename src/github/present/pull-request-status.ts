import type { BudgetAccount } from "../../deliberation/domain/council-budget.ts";
import { feedbackText } from "../../workflow/domain/feedback-text.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { adviceLine } from "./advice-review.ts";
import { candidateTable } from "./candidate-table.ts";
import { costLine, ofLimit } from "./cost.ts";
import { simulatedNotice } from "./council-check.ts";
import { type CouncilView, councilStanding } from "./council-view.ts";
import { fitSections } from "./fit-sections.ts";
import { gatesOfTask } from "./gates.ts";
import { collapsed } from "./markdown-table.ts";
import { type OverdueMark, overduePart } from "./overdue.ts";
import { type PeopleOf, waitingSentence } from "./people-of.ts";
import { codeSpan, inlineText } from "./safe-text.ts";
import { taskPicture } from "./state-picture.ts";
import { taskText } from "./state-texts.ts";
import { holderOf } from "./task-table.ts";

/** Everything that the status comment of a task's pull request is made of. */
export type PullRequestView = {
  readonly task: Task;
  /** The task's latest council; null when it had none. */
  readonly council: CouncilView | null;
  /** The newest advice of agents on a change of people; absent or null where there is none. */
  readonly advice?: CouncilView | null;
  /** What keeps the fleet from merging it, as a sentence; null when nothing does. */
  readonly blocked: string | null;
  /** How the required checks stand, as a sentence, while they decide about the tests; null while people do. */
  readonly checks: string | null;
  /** Of tests that are written first: the tasks that have yet to bring their code. */
  readonly awaits?: readonly number[];
  readonly peopleOf: PeopleOf;
  readonly overdue?: readonly OverdueMark[];
  /** How its tokens stand, where fleet.yml limits those of a task; absent or null where it does not. */
  readonly tokens?: BudgetAccount | null;
  /** What this GitHub lacks, in sentences of the fleet's own. */
  readonly notes?: readonly string[];
  readonly simulated: string | null;
};

/** The status comment of a task's pull request. */
export function pullRequestStatus(view: PullRequestView): string {
  const { task, council } = view;
  const text = taskText(task.state, view.checks === null ? "human" : "checks");
  return fitSections([
    { text: simulatedNotice(view.simulated), priority: 0 },
    {
      text: `### Task ${task.number}: \`${task.state}\`\n${text.text} ${waitingSentence(text, view.peopleOf)}`.trimEnd(),
      priority: 0,
    },
    { text: overduePart(view.overdue ?? []), priority: 0 },
    {
      text: task.merged ? `Merged as ${codeSpan(task.mergeSha ?? "")}.` : inlineText(view.blocked ?? "", 500),
      priority: 0,
    },
    { text: view.checks === null ? "" : checksPart(view.checks), priority: 0 },
    { text: awaitsPart(view.awaits ?? []), priority: 0 },
    { text: task.note === null ? "" : `> ${inlineText(task.note, 600)}`, priority: 0 },
    { text: holderLine(task), priority: 0 },
    { text: task.state === "cancelled" ? "" : gatesOfTask(task), priority: 1 },
    { text: adviceLine(task, view.advice ?? null), priority: 1 },
    { text: feedbackPart(task), priority: 1 },
    { text: council === null ? "" : councilPart(task, council, view.tokens ?? null), priority: 2 },
    { text: taskPicture(task.state), priority: 3 },
    { text: (view.notes ?? []).map((note) => `<sub>${note}</sub>`).join("\n"), priority: 4 },
  ]);
}

function checksPart(standing: string): string {
  return `${standing} In this repository they decide about the tests (\`gates.testing\` in \`.github/fleet.yml\`); nobody is asked for a review meanwhile. A review by qa decides as well.`;
}

/** Why a change of tests is red, and what ends that: whoever opens it would take it for broken. */
function awaitsPart(awaits: readonly number[]): string {
  if (awaits.length === 0) return "";
  const tasks = awaits.map((number) => `task ${number}`).join(", ");
  return `**Its tests are written first.** They ask for code that is not merged yet (${tasks}) and fail until then, so a check that runs them is red here and the merge waits. That code may be begun now. Once it is merged, the fleet brings this branch up to date, and the checks run again.`;
}

/** Who works on it, as long as somebody does, and why a council does not any more. */
function holderLine(task: Task): string {
  const gaveUp = task.councilGaveUp === null ? "" : `The council gave up: ${inlineText(task.councilGaveUp, 300)}`;
  const holder = task.state === "implementing" && task.assignee !== null ? `It is with ${holderOf(task)}.` : "";
  return [holder, gaveUp].filter((part) => part !== "").join(" ");
}

/** What the council tried: open before those who judge it, collapsed for everybody else. */
function councilPart(task: Task, council: CouncilView, tokens: BudgetAccount | null): string {
  const { outcome, round, status, note } = council;
  const limit = tokens === null ? "" : ofLimit(tokens);
  if (outcome?.kind !== "implementation") {
    const why = status === "waiting" ? inlineText(note ?? "", 900) : "";
    const said = [`${capital(councilStanding(council))}.`, why].filter((part) => part !== "").join(" ");
    return `#### Council, round ${round}\n${said}${limit === "" ? "" : `\n\n**Budget** ${limit}`}`;
  }
  const cost = [costLine(outcome), limit].filter((part) => part !== "").join(" · ");
  const text = `${inlineText(outcome.reason, 500)}\n\n${candidateTable(outcome)}\n\n${cost}`;
  const isOver = task.state === "done" || task.state === "cancelled" || task.state === "pending-po-approval";
  return isOver ? collapsed(`Council, round ${round}: what was tried`, text) : `#### Council, round ${round}\n${text}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function feedbackPart(task: Task): string {
  if (task.feedback.length === 0 || task.state === "done") return "";
  const lines = task.feedback.map(
    (said) => `- round ${said.round}, ${said.role} ${inlineText(said.by, 60)}: ${inlineText(feedbackText(said), 400)}`,
  );
  return `#### Feedback\n${lines.join("\n")}`;
}
