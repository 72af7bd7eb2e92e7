import type { ProbotOctokit } from "probot";

/** The one GitHub client of the adapter. Functions take the narrow slice that they need by `Pick`. */
export type GitHubClient = ProbotOctokit;

/** A client that acts as the App on one installation (Probot: `app.auth(installationId)`). */
export type OctokitFor = (installation: number) => Promise<GitHubClient>;

/** Where a repository is. `repository` is GitHub's numeric id, which survives renames; owner and name are for calls. */
export type RepositoryRef = {
  readonly installation: number;
  readonly repository: number;
  readonly owner: string;
  readonly repo: string;
};

type Rest = GitHubClient["rest"];

/** The slice of the client with the named methods of one area: `Slice<"issues", "get" | "update">`. */
export type Slice<Area extends keyof Rest, Method extends keyof Rest[Area]> = {
  readonly rest: { readonly [A in Area]: Pick<Rest[Area], Method> };
};
