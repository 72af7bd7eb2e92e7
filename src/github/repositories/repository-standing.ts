import type { RepositoryRef } from "../client/octokit.ts";

/** Why nothing is written to a repository for the time being, each as a sentence for people. */
export const pauses = {
  archived: "The repository is archived, so GitHub takes no writes.",
  gone: "GitHub shows the repository to the fleet no more: it was deleted, or taken out of the installation.",
  suspended: "The App's installation is suspended.",
  uninstalled: "The App is not installed any more.",
} as const;

export type Pause = keyof typeof pauses;

/** Where a repository is, and whether the fleet may work there. Its id survives renames and transfers. */
export type RepositoryStanding = RepositoryRef & {
  /** Null while the fleet works there. */
  readonly paused: Pause | null;
  /** Permissions that the App asks for and that were not granted, as `checks: write`. */
  readonly missing: readonly string[];
  /** Whether everything was asked to be shown anew since it last changed. */
  readonly shown: boolean;
};

/** Keeps what is known of repositories. Port; the wiring has the graph's side. */
export interface RepositoryStandings {
  of(repository: number): Promise<RepositoryStanding | null>;
  /** Every known repository of an installation. */
  in(installation: number): Promise<readonly RepositoryStanding[]>;
  /** Every known repository. */
  all(): Promise<readonly RepositoryStanding[]>;
  /** Every repository that is paused. */
  paused(): Promise<readonly RepositoryStanding[]>;
  /** Saves it; the stories and tasks of a repository that moved follow. */
  save(standing: RepositoryStanding): Promise<void>;
}

/** Whether two standings say the same. */
export function isSameStanding(left: RepositoryStanding | null, right: RepositoryStanding): boolean {
  return left !== null && JSON.stringify(inOrder(left)) === JSON.stringify(inOrder(right));
}

function inOrder({ installation, repository, owner, repo, paused, missing, shown }: RepositoryStanding) {
  return [installation, repository, owner, repo, paused, shown, ...missing.toSorted()];
}
