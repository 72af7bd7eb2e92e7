import { z } from "zod";
import { found, GitHubError, notFound, unprocessable } from "../github-error.ts";
import { moveRefs } from "../move-refs.ts";
import { authorOf, bodyOf, type Operation, onRepository, page, type RepositoryCall } from "../operation.ts";
import { nodeId } from "../present/account.ts";
import { apiUrl } from "../present/repository.ts";
import { readContents, writeContents } from "./find.ts";

const createSchema = z.object({ ref: z.string(), sha: z.string() });
const updateSchema = z.object({ sha: z.string(), force: z.boolean().default(false) });

async function present(call: RepositoryCall, ref: string, sha: string) {
  const api = apiUrl(call.world, call.repository);
  const type = (await call.world.git(call.repository).typeOf(sha)) ?? "commit";
  return {
    ref,
    node_id: nodeId(`Ref:${ref}`, call.repository.id),
    url: `${api}/git/${ref}`,
    object: { sha, type, url: `${api}/git/${type}s/${sha}` },
  };
}

/** The refs as they are now; only inside {@link World.alone} do they stay so. */
function refsNow(call: RepositoryCall): Readonly<Record<string, string>> {
  return found(call.world.store.tables.repositories.get(call.repository.id)).refs;
}

async function get(call: RepositoryCall) {
  const ref = `refs/${call.param("ref")}`;
  const sha = call.repository.refs[ref];
  if (sha === undefined) throw notFound();
  return { status: 200, body: await present(call, ref, sha) };
}

async function listMatching(call: RepositoryCall) {
  const prefix = `refs/${call.param("ref")}`;
  const matching = Object.entries(call.repository.refs).filter(([ref]) => ref.startsWith(prefix));
  const presented = await Promise.all(matching.map(([ref, sha]) => present(call, ref, sha)));
  return page(call, presented, (ref) => ref);
}

async function requireCommit(call: RepositoryCall, sha: string): Promise<void> {
  if (!/^[0-9a-f]{40}$/.test(sha))
    throw unprocessable("The sha parameter must be exactly 40 characters and contain only [0-9a-f].");
  if ((await call.world.git(call.repository).typeOf(sha)) === null) throw unprocessable("Object does not exist");
}

function create(call: RepositoryCall) {
  const { ref, sha } = bodyOf(call, createSchema);
  return call.world.alone(call.repository.id, async () => {
    await requireCommit(call, sha);
    if (!/^refs\/(heads|tags)\/./.test(ref) || !(await call.world.git(call.repository).isValidRef(ref))) {
      throw unprocessable(`${ref} is not a valid ref name.`);
    }
    const refs = refsNow(call);
    if (refs[ref] !== undefined) throw unprocessable("Reference already exists");
    const clash = Object.keys(refs).some((name) => name.startsWith(`${ref}/`) || ref.startsWith(`${name}/`));
    if (clash) throw unprocessable("Reference update failed");
    await moveRefs(call.world, call.repository.id, [{ ref, before: null, after: sha }], authorOf(call));
    const body = await present(call, ref, sha);
    return { status: 201, body, headers: { location: body.url } };
  });
}

function update(call: RepositoryCall) {
  const { sha, force } = bodyOf(call, updateSchema);
  const ref = `refs/${call.param("ref")}`;
  return call.world.alone(call.repository.id, async () => {
    const before = refsNow(call)[ref];
    if (before === undefined) throw unprocessable("Reference does not exist");
    await requireCommit(call, sha);
    if (!force && !(await call.world.git(call.repository).isAncestor(before, sha)))
      throw unprocessable("Update is not a fast forward");
    if (before !== sha) await moveRefs(call.world, call.repository.id, [{ ref, before, after: sha }], authorOf(call));
    return { status: 200, body: await present(call, ref, sha) };
  });
}

function remove(call: RepositoryCall) {
  const ref = `refs/${call.param("ref")}`;
  return call.world.alone(call.repository.id, async () => {
    const before = refsNow(call)[ref];
    if (before === undefined) throw unprocessable("Reference does not exist");
    if (ref === `refs/heads/${call.repository.defaultBranch}`)
      throw new GitHubError(422, "Cannot delete the default branch");
    await moveRefs(call.world, call.repository.id, [{ ref, before, after: null }], authorOf(call));
    return { status: 204 };
  });
}

export const refOperations: readonly Operation[] = [
  onRepository("git/get-ref", "GET", "/git/ref/{ref}", readContents, get),
  onRepository("git/list-matching-refs", "GET", "/git/matching-refs/{ref}", readContents, listMatching),
  onRepository("git/create-ref", "POST", "/git/refs", writeContents, create),
  onRepository("git/update-ref", "PATCH", "/git/refs/{ref}", writeContents, update),
  onRepository("git/delete-ref", "DELETE", "/git/refs/{ref}", writeContents, remove),
];
