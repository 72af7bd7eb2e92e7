import { type StoryState, storyStates, type TaskState, taskStates } from "../../kernel/states.ts";
import { type StoryActor, storyRows } from "../../planning/domain/story-machine.ts";
import { type TaskActor, taskRows } from "../../workflow/domain/task-machine.ts";
import { collapsed } from "./markdown-table.ts";

/** What the picture needs of a row of a state machine. */
type Row = {
  readonly action: string;
  readonly from: readonly string[];
  readonly to: string;
  readonly by: readonly (StoryActor | TaskActor)[];
  readonly needsFeedback: boolean;
};

type Step = { readonly from: string; readonly to: string; readonly row: Row };

/**
 * The main road through a state machine, derived from its table: from the first state always the row that leads the
 * least far ahead in the order of the states. Rows that need feedback lead back or out, so they are not on it.
 */
function mainRoad(states: readonly string[], rows: readonly Row[], end: string): readonly Step[] {
  const steps: Step[] = [];
  for (let at = states[0]; at !== undefined && at !== end; at = steps.at(-1)?.to) {
    const here = at;
    const ahead = rows
      .filter((row) => row.from.includes(here) && !row.needsFeedback)
      .filter((row) => states.indexOf(row.to) > states.indexOf(here))
      .toSorted((a, b) => states.indexOf(a.to) - states.indexOf(b.to))[0];
    if (ahead === undefined) break;
    steps.push({ from: here, to: ahead.to, row: ahead });
  }
  return steps;
}

const storyRoad = mainRoad(storyStates, storyRows, "done");
const taskRoad = mainRoad(taskStates, taskRows, "done");

/** Where a story stands, as a step of the main road with its picture, collapsed: on a phone the road is long. */
export function storyPicture(state: StoryState): string {
  return picture(state, storyRoad, storyRows);
}

/** Where a task stands, likewise. */
export function taskPicture(state: TaskState): string {
  return picture(state, taskRoad, taskRows);
}

function picture(state: string, road: readonly Step[], rows: readonly Row[]): string {
  const names = [road[0]?.from ?? state, ...road.map((step) => step.to)];
  const at = names.indexOf(state);
  const back = at < 0 ? wayBack(state, names, rows) : null;
  const shown = at < 0 ? [...names, state] : names;
  const id = (name: string) => `s${shown.indexOf(name)}`;
  const arrows = [...road, ...(back === null ? [] : [back])];
  const lines = [
    "stateDiagram-v2",
    "  direction TB",
    ...shown.map((name) => `  ${id(name)}: ${name}`),
    ...arrows.map(({ from, to, row }) => `  ${id(from)} --> ${id(to)}: ${row.action} (${actors(row)})`),
    "  classDef now fill:#ffd33d,stroke:#735c0f,color:#24292f,font-weight:bold",
    `  class ${id(state)} now`,
  ];
  const where = at < 0 ? "Off the road" : `Step ${at + 1} of ${names.length}`;
  return collapsed(`${where}: the road in a picture`, `\`\`\`mermaid\n${lines.join("\n")}\n\`\`\``);
}

/** How a state beside the road leads back to it; null where it does not. */
function wayBack(state: string, road: readonly string[], rows: readonly Row[]): Step | null {
  const row = rows.find((each) => each.from.includes(state) && !each.needsFeedback && road.includes(each.to));
  return row === undefined ? null : { from: state, to: row.to, row };
}

function actors(row: Row): string {
  const names = row.by.map((actor) => (actor === "system" ? "fleet" : actor === "issue-author" ? "author" : actor));
  return names.length > 2 ? `${names[0]} or a role` : names.join(" or ");
}
