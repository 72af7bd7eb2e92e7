import type { Role } from "./roles.ts";

/** A person on GitHub. `id` is GitHub's numeric user id, which survives a rename; `login` is for texts only. */
export type HumanPrincipal = { readonly kind: "human"; readonly id: number; readonly login: string };

/** One member of a council: `agent:<role>:<n>` (DOMAIN.md §1). */
export type AgentPrincipal = { readonly kind: "agent"; readonly role: Role; readonly number: number };

/** The fleet itself: routing, timers, reconciliation. */
export type SystemPrincipal = { readonly kind: "system" };

/** Who asks for something. */
export type Principal = HumanPrincipal | AgentPrincipal | SystemPrincipal;

/** The fleet acting on its own behalf. */
export const system: SystemPrincipal = { kind: "system" };

/**
 * The principal as one stable string: `human:<id>`, `agent:<role>:<n>` or `system`. It identifies holders, authors and
 * approvers, so that separation of duties can compare them.
 */
export function principalKey(principal: Principal): string {
  switch (principal.kind) {
    case "human":
      return `human:${principal.id}`;
    case "agent":
      return `agent:${principal.role}:${principal.number}`;
    case "system":
      return "system";
  }
}

/** The principal as people read it: `@login`, `agent:<role>:<n>` or `the fleet`. */
export function principalName(principal: Principal): string {
  switch (principal.kind) {
    case "human":
      return `@${principal.login}`;
    case "agent":
      return principalKey(principal);
    case "system":
      return "the fleet";
  }
}
