import { type ContextRole, isContextRole } from "../context/domain/block-table.ts";
import type { Phase } from "../context/domain/phase.ts";
import { isAdvised } from "../deliberation/application/request-advice.ts";
import type { TaskFacts } from "../deliberation/application/use-case-ports.ts";
import { type AdviceRole, adviceRoles } from "../deliberation/domain/advice.ts";
import type { DeliberationKind } from "../deliberation/domain/deliberation.ts";
import { reviewRoles } from "../kernel/review.ts";
import type { Role } from "../kernel/roles.ts";
import type { TaskType } from "../kernel/states.ts";

type Readers = {
  readonly roles: readonly [ContextRole, ...ContextRole[]] | "the task's own";
  readonly phase: Phase;
  /** Where the work on a task of a type is at something else. */
  readonly ofType?: Readonly<Partial<Record<TaskType, Phase>>>;
};

/**
 * For whom and at what a council's contexts are made (DOMAIN.md §5's roles and phases): one for all its seats, or one for each role
 * that has a seat. Nothing of a docs task is tested, so who looks at its change is in `doc`; who writes it builds, since that phase
 * has neither task nor code for whoever implements.
 */
export const councilReaders = {
  plan: { roles: ["architect"], phase: "design" },
  review: { roles: reviewRoles, phase: "design" },
  implementation: { roles: "the task's own", phase: "build" },
  advice: { roles: adviceRoles, phase: "test", ofType: { docs: "doc" } },
} as const satisfies Readonly<Record<DeliberationKind, Readers>>;

/** The phase of a council about a task, or about a story as a whole (null). */
export function phaseOf(kind: DeliberationKind, task: Pick<TaskFacts, "type"> | null): Phase {
  const { phase, ofType = {} }: Readers = councilReaders[kind];
  return (task === null ? undefined : ofType[task.type]) ?? phase;
}

/** Whose session a council goes on by: the one role that works on it; null where several do, to whom all of it matters. */
export function sessionRoleOf(kind: DeliberationKind, task: Pick<TaskFacts, "role"> | null): ContextRole | null {
  const { roles }: Readers = councilReaders[kind];
  if (roles === "the task's own") return contextRole(task?.role);
  return roles.length === 1 ? roles[0] : null;
}

/** At what an agent of a role would be now: it advises on what waits at a gate, plans a story, or builds. */
export function phaseNow(role: ContextRole, task: Pick<TaskFacts, "type" | "state"> | null): Phase {
  if (task === null) return phaseOf("plan", null);
  return phaseOf(isAdviser(role) && isAdvised(task.state) ? "advice" : "implementation", task);
}

/** A product owner's task is nobody's: whoever is asked to write it writes as a developer. */
export function contextRole(role: Role | undefined): ContextRole {
  return role !== undefined && isContextRole(role) ? role : "developer";
}

function isAdviser(role: ContextRole): role is AdviceRole {
  return adviceRoles.some((each) => each === role);
}
