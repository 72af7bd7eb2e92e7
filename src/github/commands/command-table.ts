/** Where a command may be written: on the story's issue, or on a task's pull request or sub-issue. */
export type CommandPlace = "story" | "task";

/** One slash command. */
export type CommandRow = {
  readonly name: string;
  /** The argument as help shows it; null when there is none. */
  readonly argument: string | null;
  readonly places: readonly CommandPlace[];
  /** Whether the rule asks for at least 10 characters of feedback (DOMAIN.md §§2, 3). */
  readonly needsFeedback: boolean;
  /** One sentence for `/help`. */
  readonly help: string;
};

/** The slash commands, in the order in which help lists them (GITHUB.md, "Surfaces"). */
export const commands = [
  {
    name: "submit",
    argument: null,
    places: ["story"],
    needsFeedback: false,
    help: "Sends a draft story to the product owner for review.",
  },
  {
    name: "approve",
    argument: null,
    places: ["story", "task"],
    needsFeedback: false,
    help: "Approves what waits for you: the scope, the plan, the design, the tests, or the finished story.",
  },
  {
    name: "reject",
    argument: "<why>",
    places: ["story", "task"],
    needsFeedback: true,
    help: "Sends it back with the reason, which travels into the next round.",
  },
  {
    name: "claim",
    argument: null,
    places: ["task"],
    needsFeedback: false,
    help: "Takes the task, or its review, for yourself.",
  },
  {
    name: "council",
    argument: null,
    places: ["story", "task"],
    needsFeedback: false,
    help: "Hands the work to a council of agents.",
  },
  {
    name: "status",
    argument: null,
    places: ["story", "task"],
    needsFeedback: false,
    help: "Says where things stand and who is waited for.",
  },
  {
    name: "why",
    argument: null,
    places: ["story", "task"],
    needsFeedback: false,
    help: "Says why it is in this state, with the records that led there.",
  },
  {
    name: "help",
    argument: null,
    places: ["story", "task"],
    needsFeedback: false,
    help: "Lists what you may do here, now.",
  },
] as const satisfies readonly CommandRow[];

export type CommandName = (typeof commands)[number]["name"];

/** Narrows any string to a command's name. */
export function isCommandName(name: string): name is CommandName {
  return commands.some((row) => row.name === name);
}

/** The row of a command. */
export function commandRow(name: CommandName): CommandRow {
  const row = commands.find((candidate) => candidate.name === name);
  if (row === undefined) throw new TypeError(`no row for the command ${name}`);
  return row;
}
