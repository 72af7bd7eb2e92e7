import type { AppIdentity } from "../client/app-identity.ts";
import type { OptionalFeature } from "./lacks.ts";

/**
 * What a write costs: `content` creates something that people are notified of (GitHub limits those to 80 a minute and 500
 * an hour); `edit` changes what is there.
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
  /** Awaited before every write: paces them, and counts those that create content. */
  readonly beforeWrite: (cost: WriteCost) => Promise<void>;
  /** Told when GitHub lacks something that the road can do without; `status` is its answer. */
  readonly lacks: (feature: OptionalFeature, status: number | null) => void;
};

/** The parameters that name the repository in every call. */
export function place(on: { readonly owner: string; readonly repo: string }): { owner: string; repo: string } {
  return { owner: on.owner, repo: on.repo };
}
