import { type Principal, principalName } from "./principal.ts";
import type { Refusal } from "./refusal.ts";
import type { Role, RoleAnswer } from "./roles.ts";

/** What a row of a state machine says about who may act. */
export type PermissionQuestion = {
  readonly action: string;
  /** The roles of the row. */
  readonly by: readonly Role[];
  /** Whether the principal has the right in person (author of the issue, holder of the task), whatever the roles. */
  readonly inPerson: boolean;
  /** Who has that right, for the refusal: "the author of the issue"; null where nobody has. */
  readonly personName: string | null;
};

export type Permission =
  /** `role` is the one that allowed it; null where the right was personal. */
  { readonly allowed: true; readonly role: Role | null } | { readonly allowed: false; readonly refusal: Refusal };

/**
 * Whether a principal may take an action (DOMAIN.md §§1–3). Only the fleet itself is `system`, whatever a look-up says;
 * an agent has no role but its own, and never the product owner's, whose gate is always a person's (PRODUCT.md,
 * `gates`). A look-up that failed never passes, and the refusal says that it was the look-up.
 */
export function permit(question: PermissionQuestion, principal: Principal, answer: RoleAnswer): Permission {
  if (principal.kind === "system") {
    return question.by.includes("system")
      ? { allowed: true, role: "system" }
      : { allowed: false, refusal: roleMissing(question, principal, []) };
  }
  const held = answer.known ? rolesOf(principal, answer.roles) : [];
  const role = question.by.find((candidate) => held.includes(candidate));
  if (role !== undefined || question.inPerson) {
    return { allowed: true, role: role ?? null };
  }
  const roleWouldHelp = question.by.some((candidate) => candidate !== "system");
  if (!answer.known && roleWouldHelp) {
    return { allowed: false, refusal: rolesUnknown(question, answer.why) };
  }
  return { allowed: false, refusal: roleMissing(question, principal, held, answer.known ? answer.note : undefined) };
}

/** The roles that count for a principal, of those that a look-up found. */
export function rolesOf(principal: Principal, found: readonly Role[]): readonly Role[] {
  switch (principal.kind) {
    case "system":
      return ["system"];
    case "agent":
      return found.filter((role) => role === principal.role && role !== "product-owner" && role !== "system");
    case "human":
      return found.filter((role) => role !== "system");
  }
}

/** A list as people read it: `a`, `a or b`, `a, b or c`. */
export function either(names: readonly string[], conjunction: "or" | "and" = "or"): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} ${conjunction} ${last}`;
}

function rolesUnknown(question: PermissionQuestion, why: string): Refusal {
  return {
    reason: "roles-unknown",
    rule: `"${question.action}" needs the role ${either(question.by)}, and your roles could not be looked up: ${why}.`,
    who: question.by,
    next: "Ask again in a minute; if it stays so, the operator finds the failed look-up in the log.",
  };
}

function roleMissing(
  question: PermissionQuestion,
  principal: Principal,
  held: readonly Role[],
  note?: string,
): Refusal {
  const people = question.by.filter((role) => role !== "system");
  const names = [...(question.personName === null ? [] : [question.personName]), ...people];
  const holds = `${held.length === 0 ? "no role" : either(held, "and")}${note === undefined ? "" : ` (${note})`}`;
  if (names.length === 0) {
    return {
      reason: "role-missing",
      rule: `"${question.action}" is the fleet's own step; ${principalName(principal)} has ${holds}.`,
      who: ["system"],
      next: "Nothing: the fleet takes it by itself as soon as its condition holds.",
    };
  }
  return {
    reason: people.length === 0 ? "not-holder" : "role-missing",
    rule: `"${question.action}" is for ${either(names)}; ${principalName(principal)} has ${holds}.`,
    who: people,
    next: `Ask ${either(names)} to do it.`,
  };
}
