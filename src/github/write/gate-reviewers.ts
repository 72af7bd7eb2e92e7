import { principalKey } from "../../kernel/principal.ts";
import type { Role } from "../../kernel/roles.ts";
import type { TaskState } from "../../kernel/states.ts";
import type { Task } from "../../workflow/domain/task.ts";
import type { FleetConfiguration } from "../configuration/fleet-configuration.ts";
import type { Reviewers } from "./ensure-review.ts";

/** The gate that a state waits for. */
const gateOf: Partial<Record<TaskState, Exclude<Role, "system">>> = {
  "pending-arch-review": "architect",
  "pending-qa": "qa",
  "pending-po-approval": "product-owner",
};

/**
 * Whom to ask for a review now: the logins and teams that `.github/fleet.yml` gives to the role of the gate. Nobody where
 * it names none: then the labels and the status comment say who is waited for.
 */
export function gateReviewers(task: Task, configuration: FleetConfiguration): Reviewers {
  const role = gateOf[task.state];
  const actors = role === undefined ? [] : (configuration.roles?.[role] ?? []);
  const names = actors.map((actor) => actor.replace(/^@/, ""));
  const holder = task.assignee?.kind === "person" ? task.assignee.principal : null;
  const own =
    holder?.kind === "human" && task.authors.includes(principalKey(holder)) ? holder.login.toLowerCase() : null;
  return {
    logins: names.filter((name) => !name.includes("/") && name.toLowerCase() !== own),
    teams: names.filter((name) => name.includes("/")).map((name) => name.slice(name.indexOf("/") + 1)),
  };
}
