import type { Role } from "../../kernel/roles.ts";
import type { TaskState } from "../../kernel/states.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { isAuthor } from "../../workflow/domain/task-authors.ts";
import type { FleetConfiguration } from "../configuration/fleet-configuration.ts";
import { sameLogin } from "../roles/actor.ts";
import { ownersOf } from "./path-owners.ts";
import type { Change } from "./read-change.ts";

/** Whom a gate asks: logins and team slugs of `.github/fleet.yml`. */
export type Reviewers = { readonly logins: readonly string[]; readonly teams: readonly string[] };

/** Whose reviews a task waits for, and whose it does not. */
export type ReviewsWanted = {
  /** The people of the gate that is open. */
  readonly wanted: Reviewers;
  /** The people of the gates that have approved, who are no longer waited for. */
  readonly over: Reviewers;
  /** What the gates before it decided: reviews up to there were for them. */
  readonly decided: readonly { readonly reviewId?: number | undefined; readonly at: string }[];
};

/** The gate that a state waits for. */
const gateOf: Partial<Record<TaskState, Exclude<Role, "system">>> = {
  "pending-arch-review": "architect",
  "arch-reviewing": "architect",
  "pending-qa": "qa",
  "qa-testing": "qa",
  "pending-po-approval": "product-owner",
};

/** The gate at which the owners of changed paths are asked too; its role alone decides. */
const gateOfOwners: Role = "architect";

/** Whether what the pull request changes must be known: paths have owners, and their gate is open or has approved. */
export function asksOwners(task: Task, { paths }: FleetConfiguration): boolean {
  const isTheirs = gateOf[task.state] === gateOfOwners || task.approvals.some(({ role }) => role === gateOfOwners);
  return isTheirs && Object.keys(paths.ownership).length > 0;
}

/**
 * Whom to ask for a review now: the logins and teams that `.github/fleet.yml` gives to the role of the gate, and at the
 * architecture gate the owners of what is changed (`paths.ownership`), who are never its authors. Nobody where it names
 * none, or leaves the tests to the required checks: then the labels and the status comment say who is waited for. `change` null: it is not known, or nobody owns.
 */
export function reviewsWanted(
  task: Task,
  configuration: FleetConfiguration,
  change: Change | null = null,
): ReviewsWanted {
  const gate = gateOf[task.state];
  const byChecks = task.state === "pending-qa" && configuration.gates.testing === "checks";
  const wanted = gate === undefined || byChecks ? nobody : reviewersOf(task, configuration, gate, change);
  const before = task.approvals.filter(({ role }) => role !== gate);
  const over = before.map(({ role }) => reviewersOf(task, configuration, role, change));
  const without = (names: readonly string[], kept: readonly string[]) => names.filter((name) => !kept.includes(name));
  return {
    wanted,
    over: {
      logins: without(
        over.flatMap(({ logins }) => logins),
        wanted.logins,
      ),
      teams: without(
        over.flatMap(({ teams }) => teams),
        wanted.teams,
      ),
    },
    decided: before.map(({ reviewId, at }) => ({ reviewId, at })),
  };
}

const nobody: Reviewers = { logins: [], teams: [] };

function reviewersOf(task: Task, { roles, paths }: FleetConfiguration, role: Role, change: Change | null): Reviewers {
  const named = (actors: readonly string[]) => actors.map((actor) => actor.replace(/^@/, ""));
  const ofRole = named(role === "system" ? [] : (roles?.[role] ?? []));
  const owners = change === null || role !== gateOfOwners ? [] : named(ownersOf(paths.ownership, change.paths));
  const isIn = (names: readonly string[], name: string) => names.some((each) => sameLogin(each, name));
  const names = [...ofRole, ...owners.filter((name) => !isIn([...ofRole, ...(change?.authors ?? [])], name))];
  const holder = task.assignee?.kind === "person" ? task.assignee.principal : null;
  const own = holder?.kind === "human" && isAuthor(task, holder) ? holder.login.toLowerCase() : null;
  return {
    logins: names.filter((name) => !name.includes("/") && name.toLowerCase() !== own),
    teams: names.filter((name) => name.includes("/")).map((name) => name.slice(name.indexOf("/") + 1)),
  };
}
