import type { RepositoryRef } from "../client/octokit.ts";
import type { HandledEventName } from "../registry.ts";
import type { AppDeps } from "../translate/app-deps.ts";
import { handlers } from "../translate/handlers.ts";

type Account = { readonly id: number; readonly login: string };

/**
 * Hands in a delivery that was missed, made of what GitHub answers now: its REST answers have the shape of its payloads.
 * `name` is the same whenever the same thing is found, so that it has its effect once.
 */
export async function handInMissed(
  deps: AppDeps,
  ref: RepositoryRef,
  missed: {
    readonly event: HandledEventName;
    readonly name: string;
    readonly sender: Account;
    readonly defaultBranch?: string;
    readonly payload: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const { installation, repository, owner, repo } = ref;
  await handlers[missed.event](deps, {
    id: `reconcile-${missed.name}`,
    payload: {
      ...missed.payload,
      sender: missed.sender,
      installation: { id: installation },
      repository: {
        id: repository,
        name: repo,
        full_name: `${owner}/${repo}`,
        owner: { login: owner },
        default_branch: missed.defaultBranch,
      },
    },
  });
}

/** Whoever GitHub names no longer: an account that was deleted. */
export const ghost: Account = { id: 0, login: "ghost" };
