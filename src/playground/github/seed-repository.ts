import { putCollaborator } from "./collaborators.ts";
import { signatureOf } from "./git/commit-author.ts";
import { found } from "./github-error.ts";
import { moveRefs } from "./move-refs.ts";
import { sameName } from "./operation.ts";
import { presentRepository } from "./present/repository.ts";
import type { AccountRow, RepositoryRow } from "./rows.ts";
import { account } from "./seed-accounts.ts";
import type { RepositoryOptions } from "./seeding.ts";
import { timestamp, type World } from "./world.ts";

/** Makes a repository with its bare git directory, unless it is there; collaborators are brought up to date. */
export async function addRepository(world: World, owner: string, name: string, options: RepositoryOptions) {
  const { store } = world;
  const holder = account(world, owner);
  const defaultBranch = options.defaultBranch ?? "main";
  const time = timestamp(world);
  const existing = store.tables.repositories.in(holder.id).find((row) => sameName(row.name, name));
  const repository =
    existing ??
    store.transaction(() =>
      store.tables.repositories.put({
        id: store.id(),
        ownerId: holder.id,
        name,
        description: options.description ?? null,
        private: options.private ?? false,
        defaultBranch,
        collaborators: {},
        createdAt: time,
        updatedAt: time,
        pushedAt: time,
        nextNumber: 1,
        nextMilestone: 1,
        refs: {},
        pendingRefs: {},
      }),
    );
  for (const [login, level] of Object.entries(options.collaborators ?? {})) {
    store.transaction(() => putCollaborator(world, repository.id, account(world, login), level, holder));
  }
  await fill(world, repository, holder, options.fromDirectory);
  world.wakeDeliveries();
  const fullName = presentRepository(world, repository).full_name;
  return { id: repository.id, fullName, cloneUrl: `${world.url}/${fullName}.git` };
}

/** Makes a person's fork of a repository, unless it is there. */
export async function forkRepository(world: World, owner: string, name: string, login: string) {
  const { store } = world;
  const parent = found(store.tables.repositories.in(account(world, owner).id).find((row) => sameName(row.name, name)));
  const { defaultBranch } = parent;
  const made = await addRepository(world, login, parent.name, { defaultBranch });
  const fork = found(store.tables.repositories.get(made.id));
  if (fork.forkOf !== undefined) return made;
  store.transaction(() => store.tables.repositories.put({ ...fork, forkOf: parent.id }));
  await world.alone(made.id, async () => {
    const branches = Object.entries(parent.refs).filter(([ref]) => ref.startsWith("refs/heads/"));
    for (const [, sha] of branches) await world.git(fork).take(world.git(parent), sha);
    const moves = branches.map(([ref, after]) => ({ ref, before: null, after }));
    await moveRefs(world, made.id, moves, { kind: "user", account: account(world, login) });
  });
  return made;
}

/** Makes the bare repository and its first commit, unless they are there. */
async function fill(
  world: World,
  repository: RepositoryRow,
  holder: AccountRow,
  directory: string | undefined,
): Promise<void> {
  const git = world.git(repository);
  await world.alone(repository.id, async () => {
    await git.initialise(repository.defaultBranch);
    const ref = `refs/heads/${repository.defaultBranch}`;
    const current = found(world.store.tables.repositories.get(repository.id));
    if (directory === undefined || current.refs[ref] !== undefined) return;
    const tree = await git.importDirectory(directory);
    const author = signatureOf(holder, timestamp(world));
    const sha = await git.writeCommit({ tree, parents: [], message: "Initial commit", author, committer: author });
    await moveRefs(world, repository.id, [{ ref, before: null, after: sha }], { kind: "user", account: holder });
  });
}
