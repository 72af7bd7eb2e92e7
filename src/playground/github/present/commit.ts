import type { ChangedFile } from "../git/changed-file.ts";
import type { CommitObject, Signature } from "../git/commit-object.ts";
import type { RepositoryRow } from "../rows.ts";
import type { World } from "../world.ts";
import { nodeId, presentAccountId } from "./account.ts";
import { apiUrl, htmlUrl } from "./repository.ts";

const verification = { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null };

/** `git-commit`: what the Git Data API answers. */
export function presentGitCommit(world: World, repository: RepositoryRow, commit: CommitObject) {
  const api = apiUrl(world, repository);
  const html = htmlUrl(world, repository);
  return {
    sha: commit.sha,
    node_id: nodeId(`Commit:${commit.sha}`, repository.id),
    url: `${api}/git/commits/${commit.sha}`,
    html_url: `${html}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/git/commits/${sha}`,
      html_url: `${html}/commit/${sha}`,
    })),
    verification,
  };
}

/** `commit`: what lists of commits answer. */
export function presentCommit(world: World, repository: RepositoryRow, commit: CommitObject) {
  const api = apiUrl(world, repository);
  const html = htmlUrl(world, repository);
  const url = `${api}/commits/${commit.sha}`;
  return {
    url,
    sha: commit.sha,
    node_id: nodeId(`Commit:${commit.sha}`, repository.id),
    html_url: `${html}/commit/${commit.sha}`,
    comments_url: `${url}/comments`,
    commit: {
      url: `${api}/git/commits/${commit.sha}`,
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      comment_count: 0,
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      verification,
    },
    author: accountOf(world, commit.author),
    committer: accountOf(world, commit.committer),
    parents: commit.parents.map((sha) => ({ sha, url: `${api}/commits/${sha}`, html_url: `${html}/commit/${sha}` })),
  };
}

/** The account that a signature's address belongs to: GitHub's private addresses name it. */
function accountOf(world: World, signature: Signature) {
  const id = /^(\d+)\+.*@users\.noreply\.github\.com$/.exec(signature.email)?.[1];
  return presentAccountId(world, id === undefined ? null : Number(id));
}

/** `diff-entry`. */
export function presentFile(world: World, repository: RepositoryRow, commit: string, file: ChangedFile) {
  const path = file.path.split("/").map(encodeURIComponent).join("/");
  return {
    sha: file.sha,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${htmlUrl(world, repository)}/blob/${commit}/${path}`,
    raw_url: `${htmlUrl(world, repository)}/raw/${commit}/${path}`,
    contents_url: `${apiUrl(world, repository)}/contents/${path}?ref=${commit}`,
    ...(file.patch === null ? {} : { patch: file.patch }),
    ...(file.previousPath === null ? {} : { previous_filename: file.previousPath }),
  };
}
