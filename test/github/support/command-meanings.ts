import type { CommandName } from "../../../src/github/commands/command-table.ts";
import { humanRoles, type Role } from "../../../src/kernel/roles.ts";
import type { TaskState } from "../../../src/kernel/states.ts";
import { storyRows } from "../../../src/planning/domain/story-machine.ts";
import { taskRows } from "../../../src/workflow/domain/task-machine.ts";
import { type Actor, type Cell, decided, gate, type Row, refusal } from "./closure-tables.ts";

/** One cell: where the story or task stands, who asks, and whether words of at least ten characters go along. */
type Asked<State = string> = { readonly state: State; readonly actor: Actor; readonly says: boolean };
type Meaning<State = string> = (asked: Asked<State>) => Cell;

/**
 * What a command means at each place, as DOMAIN.md, PRODUCT.md and GITHUB.md say it; written down here a second time, so
 * that the registry is compared with something. `null`: it is for the other place.
 */
export type Command = {
  readonly story: Meaning | null;
  readonly task: Meaning<TaskState> | null;
  /** What is typed behind it, where the rule asks for no words. */
  readonly argument?: string;
  /** Whether the rule asks for words: it is tried with enough of them and with too few. */
  readonly needsWords?: true;
};

/** The right to do something that is no row of a machine. */
const right = (by: readonly (Role | "holder")[], needsFeedback = false): Row => ({
  action: "ask",
  from: [],
  to: "",
  by,
  needsFeedback,
});
const anyRole = right(humanRoles);
const handsOver = right(["developer", "product-owner"]);

const anybody: Meaning = ({ state }) => [state, "answered"];

/** Refused by the first right that is missing, else as `then` says. */
function having(rights: readonly Row[], then: (asked: Asked) => Cell): Meaning {
  return (asked) => {
    const reasons = rights.map((row) => refusal(row, asked.actor, asked.says));
    const reason = reasons.find((each) => each !== null);
    return reason === undefined || reason === null ? then(asked) : [asked.state, reason];
  };
}

/**
 * The machine's row of the actions that leads on from the state. Where the only action has led here already, there is
 * nothing left to do, and that is no refusal.
 */
function machine(rows: readonly Row[], actions: readonly string[], knowsItself = true): Meaning {
  return ({ state, actor, says }) => {
    const row = rows.find((each) => actions.includes(each.action) && each.from.includes(state));
    const isThere = actions.length === 1 && rows.some((each) => each.action === actions[0] && each.to === state);
    if (isThere && knowsItself) return [state, "done"];
    return row === undefined ? [state, "not-in-this-state"] : decided(state, [row], actor, says, "done");
  };
}

const ofStory = (...actions: string[]) => machine(storyRows, actions);
const ofTask = (...actions: string[]) => machine(taskRows, actions);

/** A verdict at the gate that is open, with the claim before it. */
function verdict(which: "approve" | "reject"): Meaning<TaskState> {
  return ({ state, actor, says }) => {
    const chain = gate(state, which);
    return chain.length === 0 ? [state, "not-in-this-state"] : decided(state, chain, actor, says, "done");
  };
}

/** A council holds the tasks of these tests, unless somebody does in person. */
const councilIsAtWork = ({ state, actor }: Asked) => state === "implementing" && !actor.inPerson;

const toCouncil: Meaning = having([handsOver], (asked) => {
  const { state, actor } = asked;
  if (state === "todo") return ["implementing", "done"];
  const revise = taskRows.filter((row) => row.action === "revise-code" && row.from.some((from) => from === state));
  if (revise.length > 0) return decided(state, revise, actor, false, "done");
  return state === "implementing" && actor.inPerson ? [state, "done"] : [state, "not-in-this-state"];
});

/** At the architect's and qa's gates agents are asked for advice, which moves nothing. */
const advice: Meaning = having([handsOver], ({ state }) => [state, "done"]);
const atProductOwner = ({ state }: Asked) => state === "pending-po-approval";

const forPlan = (rights: readonly Row[], elsewhere: string, there = "done"): Meaning =>
  having(rights, ({ state }) => [state, state === "ready-for-planning" ? there : elsewhere]);
const planRights = ({ state }: Asked) => (state === "ready-for-planning" ? [anyRole] : [handsOver]);

/** The word of a product owner or an architect holds at once; everybody else's is answered as a proposal. */
const decides: Meaning = having([right(humanRoles, true)], ({ state, actor }) => [
  state,
  refusal(right(["product-owner", "architect"]), actor, true) === null ? "done" : "answered",
]);

/** Every command of the registry. */
export const meanings: Readonly<Record<CommandName, Command>> = {
  submit: { story: ofStory("submit"), task: null },
  approve: { story: ofStory("approve-scope", "approve-plan", "accept"), task: verdict("approve") },
  reject: { story: ofStory("reject-scope", "reject-plan"), task: verdict("reject"), needsWords: true },
  decide: {
    story: decides,
    task: decides,
    needsWords: true,
  },
  claim: { story: null, task: ofTask("claim-task", "claim-review", "claim-testing", "revise-code") },
  release: { story: null, task: ofTask("release-task") },
  assign: { story: forPlan([handsOver], "not-in-this-state"), task: toCouncil, argument: "council" },
  council: {
    story: (asked) => forPlan(planRights(asked), "not-in-this-state")(asked),
    task: (asked) => (gate(asked.state, "approve").length > 0 && !atProductOwner(asked) ? advice : toCouncil)(asked),
    argument: "3",
  },
  ceremony: {
    // Called without a step: a review of this story begins, and its comment shows it.
    story: having([right(["product-owner", "architect"])], ({ state }) => [
      state,
      state === "ready-for-planning" ? "done" : "not-in-this-state",
    ]),
    task: null,
  },
  revise: { story: null, task: machine(taskRows, ["revise-code"], false) },
  retry: { story: null, task: ofTask("retry") },
  stop: {
    story: having([anyRole], ({ state }) => [state, "nothing-running"]),
    task: having([anyRole], (asked) => (councilIsAtWork(asked) ? ["todo", "done"] : [asked.state, "nothing-running"])),
  },
  resume: {
    story: (asked) => forPlan(planRights(asked), "nothing-stopped", "nothing-stopped")(asked),
    task: having([handsOver], ({ state }) => [state, "nothing-stopped"]),
  },
  rebase: {
    story: null,
    task: having([right(["developer", "architect", "product-owner", "holder"])], (asked) => {
      const { state } = asked;
      if (state === "cancelled") return [state, "not-in-this-state"];
      // The writer does it, and says how it ended.
      return [state, councilIsAtWork(asked) ? "lease-taken" : "handed on"];
    }),
  },
  discard: { story: ofStory("cancel"), task: ofTask("discard-task"), needsWords: true },
  "carry-over": { story: ofStory("carry-over"), task: null },
  continue: { story: ofStory("continue"), task: null },
  "re-estimate": { story: ofStory("re-estimate"), task: null },
  archive: { story: ofStory("archive"), task: null },
  reset: { story: ofStory("reset"), task: null, needsWords: true },
  status: { story: anybody, task: anybody },
  why: { story: anybody, task: anybody },
  context: {
    // Without an argument: an architect's on a story, the task's own role's on a task.
    story: having([anyRole, right(["product-owner", "architect"])], anybody),
    task: having([anyRole, right(["product-owner", "architect", "developer"])], anybody),
  },
  budget: { story: anybody, task: anybody },
  help: { story: anybody, task: anybody },
};
