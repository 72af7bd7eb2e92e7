import type { StoryAction } from "../../planning/domain/story-machine.ts";
import type { Verdict } from "../../workflow/domain/review.ts";
import type { RequestedTaskAction } from "../../workflow/domain/task-machine.ts";

/** Where a command may be written: on the story's issue, or on a task's pull request or sub-issue. */
export type CommandPlace = "story" | "task";

/** One slash command. */
export type CommandRow = {
  readonly name: string;
  /** The argument as help shows it; null when there is none. In brackets where it may be left out. */
  readonly argument: string | null;
  readonly places: readonly CommandPlace[];
  /** Whether the rule asks for at least 10 characters of feedback (DOMAIN.md §§2, 3). */
  readonly needsFeedback: boolean;
  /** What it asks a story's machine for; the state picks one. Empty: nothing there, or it has a meaning of its own. */
  readonly story: readonly StoryAction[];
  /** What it asks a task's machine for: actions of which the state picks one, or a verdict at the gate that is open. */
  readonly task: readonly RequestedTaskAction[] | Verdict;
  /** One sentence for `/help`. */
  readonly help: string;
};

const story = { places: ["story"], task: [] } as const;
const task = { places: ["task"], story: [] } as const;
const both = { places: ["story", "task"] } as const;
const asksNothing = { story: [], task: [] } as const;
const plain = { argument: null, needsFeedback: false } as const;
const withReason = { argument: "<why>", needsFeedback: true } as const;

/** The slash commands, in the order in which help lists them (GITHUB.md, "Surfaces"). */
export const commands = [
  { name: "submit", ...story, ...plain, story: ["submit"], help: "Sends a draft to the product owner for review." },
  {
    name: "approve",
    ...both,
    ...plain,
    story: ["approve-scope", "approve-plan", "accept"],
    task: "approve",
    help: "Approves what waits for you: scope, plan, design, tests or story; `/approve D3` a decision.",
  },
  {
    name: "reject",
    ...both,
    ...withReason,
    story: ["reject-scope", "reject-plan"],
    task: "reject",
    help: "Sends it back with the reason, for the next round; `/reject D3 <why>` a proposed decision.",
  },
  {
    name: "decide",
    ...both,
    ...asksNothing,
    argument: "<text>",
    needsFeedback: true,
    help: "Records a decision; agents that work on it are shown it.",
  },
  {
    name: "claim",
    ...task,
    ...plain,
    task: ["claim-task", "claim-review", "claim-testing", "revise-code"],
    help: "Takes the task, its review, its tests or its rework for yourself.",
  },
  { name: "release", ...task, ...plain, task: ["release-task"], help: "Gives a task back that you hold." },
  {
    name: "assign",
    ...both,
    ...asksNothing,
    argument: "council|@login",
    needsFeedback: false,
    help: "Gives the task to a council of agents or to a developer.",
  },
  {
    name: "council",
    ...both,
    ...asksNothing,
    argument: "[n]",
    needsFeedback: false,
    help: "Hands the work to a council of agents, of n members if you say so.",
  },
  {
    name: "ceremony",
    ...story,
    ...asksNothing,
    argument: "[step]",
    needsFeedback: false,
    help: "Has the architect, qa and devops councils review it; `/ceremony help` lists the steps.",
  },
  {
    name: "revise",
    ...task,
    argument: "[feedback]",
    needsFeedback: false,
    task: ["revise-code"],
    help: "Lets its holder work on a rejected change again, with your hint.",
  },
  { name: "retry", ...task, ...plain, task: ["retry"], help: "Begins the task again; its history is kept." },
  { name: "stop", ...both, ...asksNothing, ...plain, help: "Stops the council that is at work here." },
  { name: "resume", ...both, ...asksNothing, ...plain, help: "Starts again what was stopped." },
  {
    name: "rebase",
    ...task,
    ...plain,
    task: [],
    help: "Brings the task's branch up to date with its base, where nothing conflicts.",
  },
  {
    name: "discard",
    ...both,
    ...withReason,
    story: ["cancel"],
    task: ["discard-task"],
    help: "Gives it up for good, with the reason.",
  },
  { name: "carry-over", ...story, ...plain, story: ["carry-over"], help: "Takes the story out of this sprint." },
  { name: "continue", ...story, ...plain, story: ["continue"], help: "Goes on with a carried-over story as it is." },
  { name: "re-estimate", ...story, ...plain, story: ["re-estimate"], help: "Writes a carried-over story anew." },
  { name: "archive", ...story, ...plain, story: ["archive"], help: "Puts the story away for good." },
  { name: "reset", ...story, ...withReason, story: ["reset"], help: "Begins again from the draft, with the reason." },
  { name: "status", ...both, ...asksNothing, ...plain, help: "Says where things stand and who is waited for." },
  {
    name: "why",
    ...both,
    ...asksNothing,
    ...plain,
    help: "Explains the state: every way on, what stands in its way, and how it came here.",
  },
  {
    name: "context",
    ...both,
    ...asksNothing,
    argument: "[role]",
    needsFeedback: false,
    help: "Shows what an agent of a role would be given.",
  },
  {
    name: "budget",
    ...both,
    ...asksNothing,
    argument: "[+tokens|+minutes]",
    needsFeedback: false,
    help: "Shows the tokens and time that councils used; `/budget +100000` or `+60min` raises a used-up limit.",
  },
  { name: "help", ...both, ...asksNothing, ...plain, help: "Lists what you may do here, now." },
] as const satisfies readonly CommandRow[];

export type CommandName = (typeof commands)[number]["name"];

/** The rows again, without the literal types that only `CommandName` needs. */
export const commandRows: readonly (CommandRow & { readonly name: CommandName })[] = commands;

/** Narrows any string to a command's name. */
export function isCommandName(name: string): name is CommandName {
  return commandRows.some((row) => row.name === name);
}

/** The row of a command. */
export function commandRow(name: CommandName): CommandRow & { readonly name: CommandName } {
  const row = commandRows.find((candidate) => candidate.name === name);
  if (row === undefined) throw new TypeError(`no row for the command ${name}`);
  return row;
}

/** A command as it is typed: `/reject <why>`. */
export function usageOf(row: CommandRow): string {
  return `/${row.name}${row.argument === null ? "" : ` ${row.argument}`}`;
}
