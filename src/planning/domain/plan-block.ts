import type { PlanTask } from "../../kernel/plan.ts";
import type { Plan } from "./story.ts";
import { outlineStory } from "./story-outline.ts";
import type { ProposedPlan } from "./story-request.ts";
import { parseTypedPlan, typeOf } from "./typed-plan.ts";

/**
 * A plan as lines that people edit and `parseTypedPlan` reads: number, title, role, hours, `after`, `covers`, the
 * description below. Titles and descriptions come from models and people: whatever in them would read as another line of
 * the list is taken out, and `readPlanBlock` puts it back where nobody touched the line.
 */
export function renderPlanBlock(tasks: readonly PlanTask[]): string {
  return [...tasks]
    .sort((one, other) => one.number - other.number)
    .map(renderTask)
    .join("\n");
}

/**
 * The plan that an edited block says; null where it lists no task. The block is the first code block of the text, or the
 * whole text where people took the fence away. What reads as the block of `shown` did stays as it is in `shown`, to the
 * letter: an untouched block always gives the plan of the same hash.
 */
export function readPlanBlock(markdown: string, shown: Plan, criteriaCount: number): ProposedPlan | null {
  const block = outlineStory(markdown).find((each) => each.kind === "code");
  const edited = parseTypedPlan(block?.lines.join("\n") ?? markdown, criteriaCount);
  if (edited === null) {
    return null;
  }
  const before = parseTypedPlan(renderPlanBlock(shown.tasks), criteriaCount)?.tasks ?? [];
  return {
    source: edited.source,
    tasks: edited.tasks.map((task) =>
      untouched(
        task,
        before.find((one) => one.number === task.number),
        shown.tasks.find((one) => one.number === task.number),
      ),
    ),
  };
}

function renderTask(task: PlanTask): string {
  const details = [
    task.role,
    ...(task.type === typeOf(task.role) ? [] : [task.type]),
    `${task.estimateHours}h`,
    ...(task.dependsOn.length === 0 ? [] : [`after ${task.dependsOn.join(" ")}`]),
    ...(task.covers.length === 0 ? [] : [`covers ${task.covers.join(" ")}`]),
  ];
  const description = task.description.split(/\r\n?|\n/).map(plainLine);
  return [
    `- [ ] ${task.number}. ${plainLine(task.title)} (${details.join(", ")})`,
    ...description.filter((line) => line !== "").map((line) => `      ${line}`),
  ].join("\n");
}

/** One line that is no list item, heading, fence, table row or quote, whatever it was; what nobody can see is left out. */
function plainLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .replace(/<!--|-->/g, "")
    .replace(/^(?:[-*+>#|`~=_\s]|\d{1,9}[.)]\s|\[[ xX]\])+/u, "")
    .trim();
}

/** What was not edited in a task is what it was: the block shows less than the plan holds. */
function untouched(edited: PlanTask, before: PlanTask | undefined, shown: PlanTask | undefined): PlanTask {
  if (before === undefined || shown === undefined) {
    return edited;
  }
  return {
    number: edited.number,
    title: edited.title === before.title ? shown.title : edited.title,
    description: edited.description === before.description ? shown.description : edited.description,
    type: edited.type === before.type ? shown.type : edited.type,
    role: edited.role === before.role ? shown.role : edited.role,
    estimateHours: edited.estimateHours === before.estimateHours ? shown.estimateHours : edited.estimateHours,
    dependsOn: same(edited.dependsOn, before.dependsOn) ? shown.dependsOn : edited.dependsOn,
    covers: same(edited.covers, before.covers) ? shown.covers : edited.covers,
  };
}

function same(one: readonly number[], other: readonly number[]): boolean {
  return one.join() === other.join();
}
