import { z } from "zod";
import { signatureOf } from "../git/commit-author.ts";
import type { TreeEntry } from "../git/git-repository.ts";
import { found, GitHubError, notFound, validationFailed } from "../github-error.ts";
import { moveRefs } from "../move-refs.ts";
import { authorOf, bodyOf, type Operation, onRepository, type RepositoryCall } from "../operation.ts";
import { presentGitCommit } from "../present/commit.ts";
import { apiUrl, htmlUrl } from "../present/repository.ts";
import { timestamp } from "../world.ts";
import { readContents, writeContents } from "./find.ts";

const personSchema = z.object({ name: z.string(), email: z.string(), date: z.string().optional() });
const writeSchema = z.object({
  message: z.string(),
  content: z.string(),
  sha: z.string().optional(),
  branch: z.string().optional(),
  author: personSchema.optional(),
  committer: personSchema.optional(),
});
const removeSchema = writeSchema.omit({ content: true }).extend({ sha: z.string() });
type Change = Omit<z.output<typeof writeSchema>, "content">;

const types: Readonly<Record<string, string>> = { "120000": "symlink", "160000": "submodule", "040000": "dir" };

function presentEntry(call: RepositoryCall, ref: string, entry: TreeEntry, path: string) {
  const escaped = path.split("/").map(encodeURIComponent).join("/");
  const url = `${apiUrl(call.world, call.repository)}/contents/${escaped}?ref=${encodeURIComponent(ref)}`;
  const isFile = entry.type === "blob";
  const git_url = `${apiUrl(call.world, call.repository)}/git/${isFile ? "blobs" : "trees"}/${entry.sha}`;
  const html_url = `${htmlUrl(call.world, call.repository)}/${isFile ? "blob" : "tree"}/${ref}/${escaped}`;
  const download_url = isFile ? `${htmlUrl(call.world, call.repository)}/raw/${ref}/${escaped}` : null;
  const common = {
    name: path.split("/").at(-1) ?? path,
    path,
    sha: entry.sha,
    size: entry.size ?? 0,
    url,
    html_url,
    git_url,
    download_url,
  };
  return { ...common, type: types[entry.mode] ?? "file", _links: { self: url, git: git_url, html: html_url } };
}

async function get(call: RepositoryCall) {
  const git = call.world.git(call.repository);
  const ref = call.query.get("ref") ?? call.repository.defaultBranch;
  const commit = await git.resolve(call.repository.refs[`refs/heads/${ref.replace(/^refs\/heads\//, "")}`] ?? ref);
  if (commit === null) throw new GitHubError(404, `No commit found for the ref ${ref}`);
  const path = call.param("path").replace(/^\/+|\/+$/g, "");
  const entry = path === "" ? undefined : await git.entry(commit, path);
  if (path !== "" && entry === undefined) throw notFound();
  if (entry === undefined || entry.type === "tree") {
    const rows = await git.tree(entry?.sha ?? commit, false);
    return {
      status: 200,
      body: rows.map((row) => presentEntry(call, ref, row, path === "" ? row.path : `${path}/${row.path}`)),
    };
  }
  const content = await git.blob(entry.sha);
  if (/\braw\b/.test(call.accept))
    return { status: 200, body: content, headers: { "content-type": "application/vnd.github.raw; charset=utf-8" } };
  const encoded = content.toString("base64").replace(/.{60}/g, "$&\n");
  const shown = presentEntry(call, ref, entry, path);
  const target = shown.type === "symlink" ? { target: content.toString("utf8") } : {};
  return { status: 200, body: { ...shown, ...target, content: encoded, encoding: "base64" } };
}

/** Writes or removes (null) one file on a branch as one commit. */
function change(call: RepositoryCall, body: Change, content: Buffer | null) {
  const { world } = call;
  return world.alone(call.repository.id, async () => {
    const git = world.git(call.repository);
    const repository = found(world.store.tables.repositories.get(call.repository.id));
    const branch = (body.branch ?? repository.defaultBranch).replace(/^refs\/heads\//, "");
    const ref = `refs/heads/${branch}`;
    const before = repository.refs[ref];
    if (before === undefined) throw new GitHubError(404, `Branch ${branch} not found`);
    const path = call.param("path");
    const existing = await git.entry(before, path);
    checkSha(existing, body.sha, path, content);
    const blob = content === null ? null : await git.writeBlob(content);
    const tree = await git.writeTree(before, [{ path, mode: existing?.mode ?? "100644", sha: blob }]);
    const own = signatureOf(authorOf(call).account, timestamp(world));
    const author = { ...own, ...body.author, date: body.author?.date ?? own.date };
    const committer = { ...own, ...body.committer, date: body.committer?.date ?? own.date };
    const after = await git.writeCommit({ tree, parents: [before], message: body.message, author, committer });
    await moveRefs(world, repository.id, [{ ref, before, after }], authorOf(call));
    const entry = blob === null ? undefined : await git.entry(after, path);
    const shown = entry === undefined ? null : presentEntry(call, branch, entry, path);
    const commit = presentGitCommit(world, repository, await git.commit(after));
    return { status: existing === undefined ? 201 : 200, body: { content: shown, commit } };
  });
}

function checkSha(
  existing: TreeEntry | undefined,
  sha: string | undefined,
  path: string,
  content: Buffer | null,
): void {
  if (existing === undefined) {
    if (content === null) throw notFound();
    return;
  }
  if (sha === undefined) throw new GitHubError(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
  if (sha !== existing.sha) throw new GitHubError(409, `${path} does not match ${sha}`);
}

export const contentOperations: readonly Operation[] = [
  onRepository("repos/get-content", "GET", "/contents/{path}", readContents, get),
  onRepository("repos/create-or-update-file-contents", "PUT", "/contents/{path}", writeContents, (call) => {
    const body = bodyOf(call, writeSchema);
    if (!/^[A-Za-z0-9+/\s]*=*\s*$/.test(body.content))
      throw validationFailed({
        resource: "Content",
        field: "content",
        code: "invalid",
        message: "content is not valid Base64",
      });
    return change(call, body, Buffer.from(body.content, "base64"));
  }),
  onRepository("repos/delete-file", "DELETE", "/contents/{path}", writeContents, (call) =>
    change(call, bodyOf(call, removeSchema), null),
  ),
];
