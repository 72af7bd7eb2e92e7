import type { ClaimScope } from "../../workflow/application/release-lost-claims.ts";
import type { RepositoryRef } from "../client/octokit.ts";
import type { AppDeps } from "../translate/app-deps.ts";
import { claimReleasedText } from "./role-texts.ts";

/**
 * Somebody's roles may have changed: what was looked up is forgotten, and claims of people who lost the role are given
 * back, with a sentence to them. `scope.holder` narrows to one person.
 */
export async function rolesChanged(
  deps: Pick<AppDeps, "forgetRoles" | "rolesOf" | "workflow" | "write">,
  scope: ClaimScope,
  deliveryId: string | null,
): Promise<void> {
  const { repository, holder } = scope;
  deps.forgetRoles({
    ...(repository === undefined ? {} : { repository }),
    ...(holder === undefined ? {} : { user: holder }),
  });
  const released = await deps.workflow.releaseLostClaims(scope, deps.rolesOf, deliveryId);
  for (const { task, why } of released) {
    const ref: RepositoryRef = {
      installation: task.installation,
      repository: task.repository,
      owner: task.owner,
      repo: task.repo,
    };
    await deps.write({
      kind: "reply",
      ref,
      issueNumber: task.pullRequest ?? task.issueNumber ?? task.storyIssue,
      trigger: `claim-${task.id}-${task.round}`,
      text: claimReleasedText(task, why),
    });
  }
}
