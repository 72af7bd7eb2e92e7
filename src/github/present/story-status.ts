import type { BudgetAccount } from "../../deliberation/domain/council-budget.ts";
import type { StoryState } from "../../kernel/states.ts";
import type { Ceremony } from "../../planning/domain/ceremony/ceremony.ts";
import type { Decision } from "../../planning/domain/decision.ts";
import type { Story } from "../../planning/domain/story.ts";
import { lacksRoom, type StoryRoom } from "../../workflow/domain/story-room.ts";
import type { Task } from "../../workflow/domain/task.ts";
import type { ConfigurationProblem } from "../configuration/parse-configuration.ts";
import { configurationNote } from "./configuration-note.ts";
import { costPart, type Spent } from "./cost.ts";
import { simulatedNotice } from "./council-check.ts";
import { type CouncilView, councilStanding } from "./council-view.ts";
import { decisionsPart } from "./decision-texts.ts";
import { fitSections } from "./fit-sections.ts";
import { gatesOfStory } from "./gates.ts";
import { markdownTable } from "./markdown-table.ts";
import { type OverdueMark, overduePart } from "./overdue.ts";
import { type PeopleOf, waitingSentence } from "./people-of.ts";
import { planStep } from "./plan-step.ts";
import { putBackLine } from "./put-back-text.ts";
import { codeSpan, inlineText, ownText } from "./safe-text.ts";
import { storyPicture } from "./state-picture.ts";
import { storyText, type TestingGate } from "./state-texts.ts";
import { taskTable } from "./task-table.ts";

/** Readiness as the comment shows it (DOMAIN.md §2, "Definition of Ready"). */
export type ReadinessView = {
  readonly score: number;
  readonly band: string;
  /** `text` says what to write instead. */
  readonly findings: readonly { readonly lost: number; readonly text: string }[];
};

/** Everything that the status comment of a story is made of. */
export type StoryView = {
  readonly story: Story;
  readonly readiness: ReadinessView;
  readonly threshold: number;
  /** The tasks of the plan in force. */
  readonly tasks: readonly Task[];
  /** Issues of these tasks that are no sub-issues of the story, because GitHub has none here: they are listed instead. */
  readonly checklist: readonly number[];
  /** The latest planning council; null when there was none. */
  readonly planning: CouncilView | null;
  /** The latest deliberation of each task that had one, by the task's id. */
  readonly councils: ReadonlyMap<string, CouncilView>;
  /** Whether a model host is configured. */
  readonly councilAvailable: boolean;
  /** What it finds in its repository, where it may begin; null where nothing limits the stories in progress. */
  readonly room: StoryRoom | null;
  readonly councilsStart: "auto" | "command";
  /** Who decides about the tests. */
  readonly testing: TestingGate;
  readonly peopleOf: PeopleOf;
  /** Every decision of the story and its tasks, oldest first. */
  readonly decisions: readonly Decision[];
  /** What all councils of the story used up. */
  readonly spent: Spent;
  /** How the story's tokens and the repository's of today stand, where fleet.yml limits them. */
  readonly tokens: readonly BudgetAccount[];
  readonly overdue?: readonly OverdueMark[];
  /** The open backlog review that holds the story; absent or null where there is none. */
  readonly ceremony?: Pick<Ceremony, "state" | "issueNumber"> | null;
  /** Roles that fleet.yml does not set. */
  readonly unsetRoles: readonly string[];
  readonly problems: readonly ConfigurationProblem[];
  /** What is simulated, in words; null on a real GitHub with real models. */
  readonly simulated: string | null;
};

/** The one status comment of a story. */
export function storyStatus(view: StoryView): string {
  const { story, tasks } = view;
  const text = storyText(story.state, view.testing);
  return fitSections([
    { text: simulatedNotice(view.simulated), priority: 0 },
    {
      text: `### Story: \`${story.state}\`\n${text.text} ${waitingSentence(text, view.peopleOf)}`.trimEnd(),
      priority: 0,
    },
    { text: overduePart(view.overdue ?? []), priority: 0 },
    { text: story.note === null ? "" : `> ${inlineText(story.note, 500)}`, priority: 0 },
    { text: putBackLine(story.putBack), priority: 1 },
    { text: placeWaitedFor(view), priority: 0 },
    { text: waitingPart(view), priority: 0 },
    { text: nextStep(view), priority: 0 },
    { text: placePart(story), priority: 2 },
    { text: readinessPart(view), priority: 1 },
    { text: ceremonyLine(view), priority: 1 },
    { text: planLine(story), priority: 1 },
    { text: tasks.length === 0 ? "" : `#### Tasks\n${taskTable(tasks, view.testing)}`, priority: 1 },
    { text: checklistPart(view), priority: 1 },
    { text: tasks.some(hasGates) ? `#### Gates\n${gatesOfStory(tasks)}` : "", priority: 1 },
    { text: decisionsPart(view.decisions, tasks), priority: 1 },
    { text: councilPart(view), priority: 2 },
    { text: costPart(view.spent, view.tokens), priority: 2 },
    { text: storyPicture(story.state), priority: 3 },
    { text: configurationNote(view.problems, view.unsetRoles), priority: 4 },
  ]);
}

/** What a person can do next, where it is not plain from the state. */
function nextStep(view: StoryView): string {
  const { story, readiness, threshold, room } = view;
  switch (story.state) {
    case "draft":
      return "Ready? Comment `/submit`, or set the label `story/po-review`.";
    case "po-review":
      return readiness.score >= threshold
        ? "Approve with `/approve` or the label `story/ready-for-planning`; send back with `/reject` and the reason."
        : `It cannot be approved below ${threshold} points. What to write instead:`;
    case "ready-for-planning":
      return planStep(view);
    case "planned":
      return "Approve with `/approve` or the label `story/ready-for-execution`; send back with `/reject` and the reason.";
    case "ready-for-execution":
      if (room !== null && lacksRoom(room)) return "";
      return "Take a task with `/claim` on its issue, or hand the free ones to councils with `/council` here.";
    case "ready-to-review":
      return "One `/approve`, or the label `story/accepted`, approves every waiting task and accepts the story. `/reject` with the reason sends them back.";
    case "carry-over":
      return "The label `story/ready-for-execution` goes on with it, `story/draft` writes it anew, `story/archived` puts it away.";
    default:
      return "";
  }
}

/** That the story waits until another one leaves, and what people can do; "" where it may begin. */
function placeWaitedFor({ room, councilAvailable, councilsStart }: StoryView): string {
  if (room === null || !lacksRoom(room)) return "";
  const { limit, inProgress } = room;
  const many = inProgress.length > shownStories ? ` and ${inProgress.length - shownStories} more` : "";
  const who = `${inProgress
    .slice(0, shownStories)
    .map((number) => `#${number}`)
    .join(", ")}${many}`;
  const then =
    councilAvailable && councilsStart === "auto"
      ? "It begins by itself when one of them is accepted or taken out, those that were approved earlier first."
      : "Its tasks can be taken when one of them is accepted or taken out.";
  return `**Waiting for a place.** In progress here: ${who}; no more than ${limit} may be (\`limits.stories-in-progress\`). ${then} The product owner takes one out with \`/carry-over\`; whoever may change \`.github/fleet.yml\` raises the limit.`;
}

/** Stories that are named; with more of them a comment would be a list. */
const shownStories = 10;

/** That councils wait for a budget, why, and what people can do meanwhile; "" where none does. */
function waitingPart({ story, planning, councils, tasks }: StoryView): string {
  if (story.state === "ready-for-planning" && planning?.status === "waiting")
    return `**Waiting for a budget.** ${inlineText(planning.note ?? "", 900)} People can type the plan meanwhile, as a task list in a comment.`;
  const byNote = new Map<string, number[]>();
  for (const { id, number } of tasks) {
    const view = councils.get(id);
    if (view?.status !== "waiting") continue;
    const note = inlineText(view.note ?? "", 900);
    byNote.set(note, [...(byNote.get(note) ?? []), number]);
  }
  if (byNote.size === 0) return "";
  const reasons = [...byNote].map(([note, numbers]) => `${taskNumbers(numbers)}: ${note}`);
  const meanwhile = "Whoever takes a task meanwhile frees it with `/stop` on its issue, then `/claim`s it.";
  return reasons.length === 1
    ? `**Waiting for a budget**, ${reasons.join("")} ${meanwhile}`
    : [`**Waiting for a budget.** ${meanwhile}`, ...reasons.map((reason) => `- ${reason}`)].join("\n");
}

/** `task 1`, `tasks 1, 2`. */
function taskNumbers(numbers: readonly number[]): string {
  return `${numbers.length === 1 ? "task" : "tasks"} ${numbers.join(", ")}`;
}

/** The epic and the sprint that it belongs to. */
function placePart({ parent, milestone }: Story): string {
  const epic = parent === null ? [] : [`epic #${parent.number}`];
  const sprint = milestone === null ? [] : [`sprint “${inlineText(milestone.title, 100)}”`];
  return [...epic, ...sprint].length === 0 ? "" : `<sub>${[...epic, ...sprint].join(" · ")}</sub>`;
}

const beforePlanning: readonly StoryState[] = ["draft", "po-review"];

/** The score, and for each finding what to write and how many points that brings. */
function readinessPart({ story, readiness, threshold }: StoryView): string {
  if (!beforePlanning.includes(story.state)) return "";
  const points = new Map<string, number>();
  for (const { lost, text } of readiness.findings) if (lost > 0) points.set(text, (points.get(text) ?? 0) + lost);
  const lines = [...points].map(([text, lost]) => `- **+${lost}** ${ownText(text)}`);
  const band = readiness.band.replace("-", " ");
  return [`**Readiness** ${readiness.score}/100, ${band} (it takes ${threshold})`, ...lines].join("\n");
}

function ceremonyLine({ ceremony, story }: StoryView): string {
  if (ceremony == null) return "";
  const where = ceremony.issueNumber === story.issueNumber ? "here" : `on #${ceremony.issueNumber}`;
  return `**Backlog review** \`${ceremony.state}\`, ${where}`;
}

function planLine({ plan }: Story): string {
  if (plan === null) return "";
  const hours = plan.tasks.reduce((sum, task) => sum + task.estimateHours, 0);
  const count = `${plan.tasks.length} ${plan.tasks.length === 1 ? "task" : "tasks"}`;
  return `**Plan ${plan.version}** ${plan.status}, ${plan.source === "council" ? "by a council" : "by people"}: ${count}, ${hours} h`;
}

/** GitHub shows the title and the state behind a number in a task list, as it would for a sub-issue. */
function checklistPart({ tasks, checklist }: StoryView): string {
  const over = (task: Task) => task.state === "cancelled" || (task.state === "done" && task.merged);
  const lines = tasks.flatMap((task) =>
    task.issueNumber !== null && checklist.includes(task.issueNumber)
      ? [`- [${over(task) ? "x" : " "}] #${task.issueNumber}`]
      : [],
  );
  return lines.length === 0 ? "" : `Sub-issues are off here, so the tasks are listed:\n${lines.join("\n")}`;
}

function hasGates(task: Task): boolean {
  return task.pullRequest !== null && task.state !== "cancelled";
}

function councilPart({ planning, councils, tasks }: StoryView): string {
  const views = [
    ...(planning === null ? [] : [{ what: "plan", view: planning }]),
    ...tasks.flatMap((task) => {
      const view = councils.get(task.id);
      return view === undefined ? [] : [{ what: `task ${task.number}`, view }];
    }),
  ];
  if (views.length === 0) return "";
  const rows = views.map(({ what, view }) => [what, String(view.round), resultOf(view)]);
  return `#### Councils\n${markdownTable(["for", "round", "result"], rows)}`;
}

function resultOf(view: CouncilView): string {
  const { outcome } = view;
  if (outcome === null) return councilStanding(view);
  if (outcome.kind === "plan")
    return outcome.tasks === null
      ? "no valid plan"
      : `a plan with ${outcome.tasks.length} ${outcome.tasks.length === 1 ? "task" : "tasks"}`;
  if (outcome.kind !== "implementation") return inlineText(outcome.reason, 200);
  const count = outcome.candidates.length;
  if (outcome.winner === null) return `none of ${count} candidates passed`;
  const won = outcome.candidates.find((candidate) => candidate.id === outcome.winner);
  const revised = won?.revises == null ? "" : `, revised from ${codeSpan(won.revises)},`;
  return `${codeSpan(outcome.winner)}${revised} won of ${count} ${count === 1 ? "candidate" : "candidates"}`;
}
