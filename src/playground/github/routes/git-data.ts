import { z } from "zod";
import { signatureOf } from "../git/commit-author.ts";
import { emptyTree } from "../git/git-repository.ts";
import { found, GitHubError, notFound, validationFailed } from "../github-error.ts";
import { authorOf, bodyOf, type Operation, onRepository, type RepositoryCall } from "../operation.ts";
import { nodeId } from "../present/account.ts";
import { presentGitCommit } from "../present/commit.ts";
import { apiUrl } from "../present/repository.ts";
import { timestamp } from "../world.ts";
import { readContents, writeContents } from "./find.ts";

const objectId = /^[0-9a-f]{40}$/;
const modes = ["100644", "100755", "040000", "160000", "120000"] as const;

const blobSchema = z.object({ content: z.string(), encoding: z.enum(["utf-8", "base64"]).default("utf-8") });
const treeSchema = z.object({
  base_tree: z.string().optional(),
  tree: z.array(
    z.object({
      path: z.string().min(1),
      mode: z.enum(modes),
      type: z.enum(["blob", "tree", "commit"]).optional(),
      sha: z.string().nullish(),
      content: z.string().optional(),
    }),
  ),
});
const personSchema = z.object({ name: z.string(), email: z.string(), date: z.string().optional() });
const commitSchema = z.object({
  message: z.string(),
  tree: z.string(),
  parents: z.array(z.string()).default([]),
  author: personSchema.optional(),
  committer: personSchema.optional(),
  signature: z.string().optional(),
});

async function createBlob(call: RepositoryCall) {
  const { content, encoding } = bodyOf(call, blobSchema);
  const sha = await call.world
    .git(call.repository)
    .writeBlob(Buffer.from(content, encoding === "base64" ? "base64" : "utf8"));
  return { status: 201, body: { sha, url: `${apiUrl(call.world, call.repository)}/git/blobs/${sha}` } };
}

async function requireObject(
  call: RepositoryCall,
  sha: string,
  types: readonly string[],
  field: string,
): Promise<void> {
  const type = objectId.test(sha) ? await call.world.git(call.repository).typeOf(sha) : null;
  if (type === null || !types.includes(type)) {
    throw validationFailed({
      resource: "Git",
      field,
      code: "custom",
      message: `${field} ${sha} is not a valid ${types.join(" or ")}`,
    });
  }
}

async function getBlob(call: RepositoryCall) {
  const sha = call.param("file_sha");
  const git = call.world.git(call.repository);
  if (!objectId.test(sha) || (await git.typeOf(sha)) !== "blob") throw notFound();
  const content = await git.blob(sha);
  const url = `${apiUrl(call.world, call.repository)}/git/blobs/${sha}`;
  const body = {
    sha,
    node_id: nodeId(`Blob:${sha}`, call.repository.id),
    size: content.length,
    url,
    content: content.toString("base64"),
    encoding: "base64",
  };
  return { status: 200, body };
}

async function createTree(call: RepositoryCall) {
  const body = bodyOf(call, treeSchema);
  const git = call.world.git(call.repository);
  if (body.base_tree !== undefined) await requireObject(call, body.base_tree, ["tree", "commit"], "base_tree");
  const changes = await Promise.all(
    body.tree.map(async (entry) => {
      checkPath(entry.path);
      if (entry.sha === null) return { path: entry.path, mode: entry.mode, sha: null };
      const sha = entry.sha ?? (await git.writeBlob(Buffer.from(entry.content ?? "")));
      if (entry.mode !== "160000")
        await requireObject(call, sha, [entry.mode === "040000" ? "tree" : "blob"], "tree.sha");
      return { path: entry.path, mode: entry.mode, sha };
    }),
  );
  return treeReply(call, await git.writeTree(body.base_tree ?? null, changes), 201, false);
}

/** Git itself would refuse these only later, or not at all. */
function checkPath(path: string): void {
  const parts = path.split("/");
  const malformed = parts.some((part) => part === "" || part === "." || part === ".." || part.toLowerCase() === ".git");
  if (malformed || path.includes("\0")) throw new GitHubError(422, "tree.path contains a malformed path component");
}

async function treeReply(call: RepositoryCall, sha: string, status: number, recursive: boolean) {
  const api = apiUrl(call.world, call.repository);
  const entries = await call.world.git(call.repository).tree(sha, recursive);
  const tree = entries.map(({ path, mode, type, sha: id, size }) => ({
    path,
    mode,
    type,
    sha: id,
    ...(size === null ? {} : { size }),
    ...(type === "commit" ? {} : { url: `${api}/git/${type}s/${id}` }),
  }));
  return { status, body: { sha, url: `${api}/git/trees/${sha}`, tree, truncated: false } };
}

async function getTree(call: RepositoryCall) {
  const name = call.param("tree_sha");
  const git = call.world.git(call.repository);
  const recursive = (call.query.get("recursive") ?? "") !== "";
  if (name === emptyTree || (objectId.test(name) && (await git.typeOf(name)) === "tree"))
    return treeReply(call, name, 200, recursive);
  const commit = await git.resolve(call.repository.refs[`refs/heads/${name}`] ?? name);
  if (commit === null) throw notFound();
  return treeReply(call, (await git.commit(commit)).tree, 200, recursive);
}

async function createCommit(call: RepositoryCall) {
  const body = bodyOf(call, commitSchema);
  await requireObject(call, body.tree, ["tree"], "tree");
  for (const parent of body.parents) await requireObject(call, parent, ["commit"], "parents");
  const now = timestamp(call.world);
  const own = signatureOf(authorOf(call).account, now);
  const author = { ...own, ...body.author, date: checkedDate(body.author?.date, now) };
  const committer = { ...author, ...body.committer, date: checkedDate(body.committer?.date ?? body.author?.date, now) };
  const git = call.world.git(call.repository);
  const sha = await git.writeCommit({
    tree: body.tree,
    parents: body.parents,
    message: body.message,
    author,
    committer,
  });
  return { status: 201, body: presentGitCommit(call.world, call.repository, await git.commit(sha)) };
}

function checkedDate(date: string | undefined, now: string): string {
  if (date === undefined) return now;
  if (Number.isNaN(Date.parse(date))) throw validationFailed({ resource: "Commit", field: "date", code: "invalid" });
  return date;
}

async function getCommit(call: RepositoryCall) {
  const sha = call.param("commit_sha");
  const git = call.world.git(call.repository);
  if (!objectId.test(sha) || (await git.typeOf(sha)) !== "commit") throw notFound();
  return { status: 200, body: presentGitCommit(call.world, call.repository, found(await git.commit(sha))) };
}

export const gitDataOperations: readonly Operation[] = [
  onRepository("git/create-blob", "POST", "/git/blobs", writeContents, createBlob),
  onRepository("git/get-blob", "GET", "/git/blobs/{file_sha}", readContents, getBlob),
  onRepository("git/create-tree", "POST", "/git/trees", writeContents, createTree),
  onRepository("git/get-tree", "GET", "/git/trees/{tree_sha}", readContents, getTree),
  onRepository("git/create-commit", "POST", "/git/commits", writeContents, createCommit),
  onRepository("git/get-commit", "GET", "/git/commits/{commit_sha}", readContents, getCommit),
];
