import { actingRole } from "../acting-role.ts";
import type { DeliberationJob } from "../job.ts";
import type { Checks } from "../ports.ts";

/**
 * What a member is told of its role's bounds before it writes (DOMAIN.md §4, L1), from the policy that decides on them;
 * empty where it may write everywhere.
 */
export function roleBounds(job: DeliberationJob, checks: Pick<Checks, "boundsOf">): string {
  const role = actingRole(job);
  const { kinds, globs, denied } = checks.boundsOf(role, job.policy);
  const only = kinds.includes("any")
    ? []
    : [
        `You work as ${role}: you may write ${kinds.join(", ")} only, and a change anywhere else is refused (rule: role).`,
        `Paths that you may write: ${globs.map((glob) => `\`${glob}\``).join(", ")}.`,
      ];
  const never =
    denied.length === 0
      ? []
      : [`Nobody may write ${denied.map((glob) => `\`${glob}\``).join(", ")} here (rule: denied-by-configuration).`];
  return [...only, ...never].join("\n");
}
