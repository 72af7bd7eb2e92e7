import type { StoryState } from "../../kernel/states.ts";
import type { Story } from "../../planning/domain/story.ts";
import type { Task } from "../../workflow/domain/task.ts";
import type { ConfigurationProblem } from "../configuration/parse-configuration.ts";
import { costLine } from "./candidate-table.ts";
import { simulatedNotice } from "./council-check.ts";
import type { CouncilView } from "./council-view.ts";
import { fitSections } from "./fit-sections.ts";
import { markdownTable } from "./markdown-table.ts";
import { overdueLines } from "./overdue.ts";
import { codeSpan, inlineText, ownText } from "./safe-text.ts";
import { storyStateTexts, taskStateTexts, waitingFor } from "./state-texts.ts";

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
  /** Roles that fleet.yml does not set. */
  readonly unsetRoles: readonly string[];
  readonly problems: readonly ConfigurationProblem[];
  /** What is simulated, in words; null on a real GitHub with real models. */
  readonly simulated: string | null;
};

/** The one status comment of a story. */
export function storyStatus(view: StoryView): string {
  const { story } = view;
  return fitSections([
    { text: simulatedNotice(view.simulated), priority: 0 },
    { text: stateLine(story.state), priority: 0 },
    { text: story.note === null ? "" : `> ${inlineText(story.note, 500)}`, priority: 0 },
    { text: nextStep(view), priority: 0 },
    {
      text: view.tasks
        .map(overdueLines)
        .filter((lines) => lines !== "")
        .join("\n"),
      priority: 0,
    },
    { text: placePart(story), priority: 2 },
    { text: readinessPart(view), priority: 1 },
    { text: planPart(view), priority: 1 },
    { text: taskPart(view), priority: 1 },
    { text: councilPart(view), priority: 2 },
    { text: configurationPart(view), priority: 3 },
  ]);
}

function stateLine(state: StoryState): string {
  const whom = waitingFor(storyStateTexts[state]);
  return `### Story: \`${state}\`\n${storyStateTexts[state].text}${whom === null ? "" : ` Waiting for **${whom}**.`}`;
}

/** What a person can do next, where it is not plain from the state. */
function nextStep({ story, councilAvailable, readiness, threshold }: StoryView): string {
  switch (story.state) {
    case "draft":
      return "Comment `/submit`, or set the label `story/po-review`, when the text is ready for the product owner.";
    case "po-review":
      return readiness.score >= threshold
        ? "Approve with `/approve` or the label `story/ready-for-planning`; send back with `/reject <why>`."
        : `It cannot be approved below ${threshold} points: see what to write instead.`;
    case "ready-for-planning":
      return councilAvailable ? "A council derives the plan." : typedPlanHint;
    case "planned":
      return "Approve with `/approve` or the label `story/ready-for-execution`; send back with `/reject <why>`.";
    case "ready-to-review":
      return "One `/approve`, or the label `story/accepted`, approves every waiting task and accepts the story.";
    default:
      return "";
  }
}

/** The epic and the sprint that it belongs to. */
function placePart({ parent, milestone }: Story): string {
  const epic = parent === null ? [] : [`epic #${parent.number}`];
  const sprint = milestone === null ? [] : [`sprint “${inlineText(milestone.title, 100)}”`];
  return [...epic, ...sprint].length === 0 ? "" : `<sub>${[...epic, ...sprint].join(" · ")}</sub>`;
}

const typedPlanHint = [
  "No model host is configured, so the plan is typed: comment a task list, one line a task, for example",
  "```markdown",
  "- [ ] Parse the header (developer, 2h, covers 1)",
  "- [ ] Reject bad input (developer, 1h, after 1, covers 2)",
  "```",
].join("\n");

const beforePlanning: readonly StoryState[] = ["draft", "po-review"];

function readinessPart({ story, readiness, threshold }: StoryView): string {
  const line = `**Readiness** ${readiness.score}/100 (${readiness.band}; ${threshold} are needed)`;
  if (!beforePlanning.includes(story.state)) return line;
  const findings = readiness.findings
    .filter((finding) => finding.lost > 0)
    .map((finding) => `- −${finding.lost}: ${ownText(finding.text)}`);
  return [line, ...findings].join("\n");
}

function planPart({ story }: StoryView): string {
  const { plan } = story;
  if (plan === null) return "";
  const rows = plan.tasks.map((task) => [
    String(task.number),
    inlineText(task.title, 120),
    task.type,
    task.role,
    `${task.estimateHours} h`,
    task.dependsOn.join(", "),
    task.covers.join(", "),
  ]);
  const source = plan.source === "council" ? "derived by a council" : "typed by people";
  return `#### Plan ${plan.version}: ${plan.status}, ${source}\n${markdownTable(["#", "task", "type", "role", "estimate", "after", "covers"], rows)}`;
}

function taskPart({ tasks, checklist }: StoryView): string {
  if (tasks.length === 0) return "";
  const rows = tasks.map((task) => [
    String(task.number),
    task.issueNumber === null ? inlineText(task.title, 120) : `#${task.issueNumber}`,
    task.pullRequest === null ? "" : `#${task.pullRequest}`,
    `\`${task.state}\``,
    waitingFor(taskStateTexts[task.state]) ?? "",
    String(task.round),
  ]);
  const table = markdownTable(["#", "task", "pull request", "state", "waits for", "round"], rows);
  return [`#### Tasks\n${table}`, checklistOf(tasks, checklist)].filter((part) => part !== "").join("\n\n");
}

/** GitHub shows the title and the state behind a number in a task list, as it would for a sub-issue. */
function checklistOf(tasks: readonly Task[], checklist: readonly number[]): string {
  const over = (task: Task) => task.state === "cancelled" || (task.state === "done" && task.merged);
  const lines = tasks.flatMap((task) =>
    task.issueNumber !== null && checklist.includes(task.issueNumber)
      ? [`- [${over(task) ? "x" : " "}] #${task.issueNumber}`]
      : [],
  );
  return lines.length === 0 ? "" : `Sub-issues are off here, so the tasks are listed:\n${lines.join("\n")}`;
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
  const rows = views.map(({ what, view }) => [
    what,
    String(view.round),
    view.status,
    resultOf(view),
    view.outcome === null ? "" : costLine(view.outcome),
  ]);
  return `#### Council\n${markdownTable(["for", "round", "status", "result", "cost"], rows)}`;
}

function resultOf(view: CouncilView): string {
  const { outcome } = view;
  if (outcome === null) return view.note === null ? "" : inlineText(view.note, 200);
  if (outcome.kind === "plan")
    return outcome.tasks === null
      ? "no valid plan"
      : `${outcome.tasks.length} ${outcome.tasks.length === 1 ? "task" : "tasks"}`;
  if (outcome.winner === null) return "nobody passed";
  return `${codeSpan(outcome.winner)} of ${outcome.candidates.length} candidates`;
}

function configurationPart({ problems, unsetRoles }: StoryView): string {
  const broken = problems.map(
    (problem) =>
      `- ${problem.line === null ? "" : `line ${problem.line}: `}${codeSpan(problem.path)} ${inlineText(problem.message)}; ${inlineText(problem.fix)}`,
  );
  const roles =
    unsetRoles.length === 0
      ? ""
      : `<sub>Roles that \`.github/fleet.yml\` does not set (${unsetRoles.join(", ")}) follow the repository's permissions: maintain and admin are product owner and architect, write is developer and qa.</sub>`;
  const attention =
    broken.length === 0
      ? ""
      : `**fleet.yml needs attention**; the last good one stays in force.\n${broken.slice(0, 10).join("\n")}`;
  return [attention, roles].filter((part) => part !== "").join("\n\n");
}
