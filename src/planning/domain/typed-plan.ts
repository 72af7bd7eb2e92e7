import type { PlanTask } from "../../kernel/plan.ts";
import { humanRoles } from "../../kernel/roles.ts";
import { taskTypes } from "../../kernel/states.ts";
import { criteriaHeading } from "./acceptance-criteria.ts";
import { outlineStory } from "./story-outline.ts";
import type { ProposedPlan } from "./story-request.ts";

type PlanRole = PlanTask["role"];

/** What is written in the parentheses behind a task's title. */
type Details = {
  role: PlanRole | null;
  type: PlanTask["type"] | null;
  estimateHours: number | null;
  dependsOn: number[];
  covers: number[];
};

type Listed = {
  readonly number: number | null;
  title: string;
  readonly description: string[];
  readonly details: Details;
  readonly underPlan: boolean;
};

const defaultEstimateHours = 4;
const longestTitle = 120;
const longestDescription = 4000;
const hoursADay = 8;

/** A task's own number in front of its title, as the plan's comment shows it. */
const ownNumber = /^(\d{1,2})[.)]\s+(?=\S)/;
const planHeading = /\b(?:plan|tasks?|check ?list|to-?dos?)\b/i;
const lastParentheses = /\s*\(([^()]*)\)\s*$/;
const estimate = /^(\d+(?:\.\d+)?)\s*(h|hours?|m|min|minutes?|d|days?)$/i;
const after = /^(?:after|needs|depends on)\b/i;
const covers = /^(?:covers?|criteria|criterion)\b/i;

const typeOfRole: Partial<Record<PlanRole, PlanTask["type"]>> = { qa: "test", devops: "devops", data: "data" };

/** The type of a task of which only the role is said. */
export function typeOf(role: PlanRole): PlanTask["type"] {
  return typeOfRole[role] ?? "code";
}

/**
 * Reads a plan that somebody typed as a Markdown task list, one task an item:
 * `- [ ] Title (developer, 2h, after 1, covers 1 2)`; the parentheses and everything in them may be left out, lines below
 * an item are its description. Below a heading such as "Plan" or "Tasks" if there is one, else anywhere but among the
 * acceptance criteria. A number in front of a title (`- [ ] 2. Title`) is the task's; those without one get the next free
 * number in their order. If none names criteria, every task covers all of them. Null
 * where there is no task list. The plan is not validated: see `validatePlan`.
 */
export function parseTypedPlan(markdown: string, criteriaCount: number): ProposedPlan | null {
  const listed = listTasks(markdown);
  const planned = listed.some((task) => task.underPlan) ? listed.filter((task) => task.underPlan) : listed;
  if (planned.length === 0) {
    return null;
  }
  const all = Array.from({ length: criteriaCount }, (_, index) => index + 1);
  const nobodyCovers = planned.every((task) => task.details.covers.length === 0);
  return {
    source: "typed",
    tasks: numbered(planned).map(([task, number]) =>
      toPlanTask(task, number, nobodyCovers ? all : task.details.covers),
    ),
  };
}

function numbered(tasks: readonly Listed[]): readonly (readonly [Listed, number])[] {
  const taken = new Set(tasks.flatMap((task) => task.number ?? []));
  let last = 0;
  return tasks.map((task) => {
    if (task.number !== null) return [task, task.number];
    do last += 1;
    while (taken.has(last));
    return [task, last];
  });
}

function listTasks(markdown: string): readonly Listed[] {
  const tasks: Listed[] = [];
  let section: "plan" | "criteria" | "other" = "other";
  let current: Listed | null = null;
  for (const block of outlineStory(markdown)) {
    if (block.kind === "heading") {
      section = planHeading.test(block.text) ? "plan" : criteriaHeading.test(block.text) ? "criteria" : "other";
      current = null;
    } else if (block.kind === "item" && block.checkbox && section !== "criteria" && !/^given\b/i.test(block.text)) {
      current = {
        ...readTitle(block.text.replace(ownNumber, "")),
        number: numberOf(block.text),
        description: [],
        underPlan: section === "plan",
      };
      tasks.push(current);
    } else if (block.kind === "item" && block.indent === 0) {
      current = null;
    } else if (
      current !== null &&
      (block.kind === "item" || (block.kind === "line" && (block.joined || block.indent > 0)))
    ) {
      current.description.push(block.text);
    } else {
      current = null;
    }
  }
  return tasks;
}

function numberOf(text: string): number | null {
  const number = ownNumber.exec(text)?.[1];
  return number === undefined ? null : Number(number);
}

/** Parentheses in which nothing is understood belong to the title. */
function readTitle(text: string): { title: string; details: Details } {
  const details: Details = { role: null, type: null, estimateHours: null, dependsOn: [], covers: [] };
  const inside = lastParentheses.exec(text)?.[1] ?? null;
  const understood = inside?.split(/[,;]/).filter((part) => readDetail(part.trim(), details)) ?? [];
  const title = understood.length === 0 ? text : text.replace(lastParentheses, "");
  return { title: title.trim().slice(0, longestTitle), details };
}

function readDetail(part: string, details: Details): boolean {
  const word = part.toLowerCase();
  const role = humanRoles.find((candidate) => candidate === word.replace(/\s+/g, "-"));
  const type = taskTypes.find((candidate) => candidate === word);
  const time = estimate.exec(part);
  if (role !== undefined) {
    details.role = role;
  } else if (type !== undefined) {
    details.type = type;
  } else if (time !== null) {
    details.estimateHours = toHours(Number(time[1]), time[2] ?? "h");
  } else if (after.test(part)) {
    details.dependsOn.push(...numbersIn(part));
  } else if (covers.test(part)) {
    details.covers.push(...numbersIn(part));
  } else {
    return false;
  }
  return true;
}

function numbersIn(part: string): number[] {
  return [...new Set((part.match(/\d+/g) ?? []).map(Number))];
}

function toHours(amount: number, unit: string): number {
  switch (unit.charAt(0).toLowerCase()) {
    case "m":
      return amount / 60;
    case "d":
      return amount * hoursADay;
    default:
      return amount;
  }
}

function toPlanTask(task: Listed, number: number, covered: readonly number[]): PlanTask {
  const role = task.details.role ?? "developer";
  return {
    number,
    title: task.title,
    description: task.description.join("\n").slice(0, longestDescription),
    type: task.details.type ?? typeOf(role),
    role,
    estimateHours: task.details.estimateHours ?? defaultEstimateHours,
    dependsOn: task.details.dependsOn,
    covers: [...covered],
  };
}
