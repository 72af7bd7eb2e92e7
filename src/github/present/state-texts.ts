import type { Role } from "../../kernel/roles.ts";
import type { StoryState, TaskState } from "../../kernel/states.ts";
import type { FleetConfiguration } from "../configuration/fleet-configuration.ts";

/** How a state looks: the label's colour, its description, and whom it waits for. */
export type StateText = {
  readonly color: string;
  /** One sentence, at most 100 characters (GitHub's limit for a label's description). */
  readonly text: string;
  /** Who can move it on; empty: the fleet, or nobody. */
  readonly waitsFor: readonly Waiter[];
};

/** Roles; `author`: whoever wrote the story; `checks`: the required checks, where fleet.yml leaves the tests to them. */
export type Waiter = Role | "author" | "checks";

const colors = {
  open: "d4c5f9",
  person: "fbca04",
  work: "1d76db",
  back: "d93f0b",
  good: "0e8a16",
  end: "8b949e",
} as const;

/** Every state of a story as people read it. */
export const storyStateTexts = {
  draft: { color: colors.open, text: "The story is being written.", waitsFor: ["author"] },
  "po-review": { color: colors.person, text: "The text is there to be decided on.", waitsFor: ["product-owner"] },
  "ready-for-planning": { color: colors.work, text: "The text is approved; the plan is being made.", waitsFor: [] },
  planned: { color: colors.person, text: "There is a plan to decide on.", waitsFor: ["product-owner"] },
  "ready-for-execution": {
    color: colors.work,
    text: "The plan is approved; tasks can be taken.",
    waitsFor: ["developer"],
  },
  "in-progress": { color: colors.work, text: "Tasks are being worked on.", waitsFor: ["developer"] },
  "code-review": { color: colors.person, text: "The tasks are in design review.", waitsFor: ["architect"] },
  testing: { color: colors.person, text: "The tasks are being tested.", waitsFor: ["qa"] },
  "ready-to-review": {
    color: colors.person,
    text: "The result is there to be accepted.",
    waitsFor: ["product-owner"],
  },
  accepted: { color: colors.good, text: "The result is accepted; pull requests are being merged.", waitsFor: [] },
  "carry-over": { color: colors.back, text: "Taken out of this sprint.", waitsFor: ["product-owner"] },
  done: { color: colors.good, text: "Merged.", waitsFor: [] },
  archived: { color: colors.end, text: "Put away for good.", waitsFor: [] },
} as const satisfies Record<StoryState, StateText>;

/** Every state of a task as people read it. */
export const taskStateTexts = {
  todo: { color: colors.open, text: "Free to be taken.", waitsFor: ["developer"] },
  implementing: { color: colors.work, text: "Being worked on.", waitsFor: [] },
  "dev-completed": { color: colors.work, text: "Handed in.", waitsFor: [] },
  "pending-arch-review": { color: colors.person, text: "Handed in for the design review.", waitsFor: ["architect"] },
  "arch-reviewing": { color: colors.person, text: "The design is being reviewed.", waitsFor: ["architect"] },
  "arch-approved": { color: colors.good, text: "The design is approved.", waitsFor: [] },
  "arch-rejected": { color: colors.back, text: "The design review asked for changes.", waitsFor: ["developer"] },
  "pending-qa": { color: colors.person, text: "The design is approved; testing is next.", waitsFor: ["qa"] },
  "qa-testing": { color: colors.person, text: "It is being tested.", waitsFor: ["qa"] },
  "qa-passed": { color: colors.good, text: "The tests are approved.", waitsFor: [] },
  "qa-failed": { color: colors.back, text: "Testing asked for changes.", waitsFor: ["developer"] },
  "pending-po-approval": {
    color: colors.person,
    text: "Design and tests are approved; the result is not yet.",
    waitsFor: ["product-owner"],
  },
  "po-approved": { color: colors.good, text: "The result is approved.", waitsFor: [] },
  done: { color: colors.good, text: "Every gate has approved.", waitsFor: [] },
  cancelled: { color: colors.end, text: "Given up.", waitsFor: [] },
} as const satisfies Record<TaskState, StateText>;

/** Who decides about the tests (fleet.yml, `gates.testing`). */
export type TestingGate = FleetConfiguration["gates"]["testing"];

/** A story's state, in a repository whose tests are decided about like this. */
export function storyText(state: StoryState, testing: TestingGate): StateText {
  const text = storyStateTexts[state];
  return state === "testing" && testing === "checks" ? { ...text, waitsFor: ["checks"] } : text;
}

/** A task's state, likewise. A task that somebody of qa has taken waits for that person all the same. */
export function taskText(state: TaskState, testing: TestingGate): StateText {
  const text = taskStateTexts[state];
  return state === "pending-qa" && testing === "checks" ? { ...text, waitsFor: ["checks"] } : text;
}

/** The roles as a phrase: "the architect", "the architect or qa"; null when nobody is waited for. */
export function waitingFor(text: StateText): string | null {
  return text.waitsFor.length === 0 ? null : rolePhrase(text.waitsFor);
}

/** Roles as a phrase for a sentence: "the architect, qa or the developer". */
export function rolePhrase(roles: readonly Waiter[]): string {
  const names = roles.map(roleName);
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

function roleName(role: Waiter): string {
  if (role === "checks") return "the required checks";
  if (role === "system") return "the fleet";
  if (role === "author") return "its author";
  return role === "qa" ? "qa" : `the ${role.replace("-", " ")}`;
}
