import type { AppIdentity } from "../client/app-identity.ts";
import type { OptionalFeature } from "./lacks.ts";

/**
 * What a write is to people: `content` creates something that they are notified of; `edit` changes what is there.
 */
export type WriteCost = "content" | "edit";

/** Where an `ensure…` verb works: one repository, with the narrow client that it needs. */
export type On<Client> = {
  readonly octokit: Client;
  readonly owner: string;
  readonly repo: string;
  readonly app: AppIdentity;
  /** The names that the App's labels have in this repository, by their own names: people may rename them. */
  readonly labelNames?: ReadonlyMap<string, string>;
  /** Awaited before every write: counts what a task costs. Their pace is the client's (`keepWithinBudget`). */
  readonly beforeWrite: (cost: WriteCost) => Promise<void>;
  /** Told when GitHub lacks something that the road can do without; `status` is its answer. */
  readonly lacks: (feature: OptionalFeature, status: number | null) => void;
};

/**
 * The name in this repository of a label of the App's set: the one way to write a label down. Where people renamed it, it
 * is theirs.
 */
export function nameHere(on: Pick<On<unknown>, "labelNames">, own: string): string {
  return on.labelNames?.get(own) ?? own;
}

/** The parameters that name the repository in every call. */
export function place(on: { readonly owner: string; readonly repo: string }): { owner: string; repo: string } {
  return { owner: on.owner, repo: on.repo };
}
