import { access, constants, copyFile, cp, mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Where the sandbox sees this process's Node, when that is not part of /usr. */
export type NodeRuntime = {
  readonly binds: readonly { readonly from: string; readonly to: string }[];
  /** Links: what they hold and where they stand. */
  readonly links: readonly { readonly target: string; readonly at: string }[];
  /** The directory to put on PATH; empty when Node is found without it. */
  readonly path: string;
};

const inside = "/opt/node";

async function exists(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}

/** Whether every directory above a path lets other users through: the sandbox's user is one. */
export async function isOpenToOthers(path: string): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/**
 * The parts of this process's Node installation that a sandbox needs: the binary and npm, never the whole prefix, since
 * that may be somebody's home directory. `cache` takes a copy where the sandbox's user could not reach the original.
 */
export async function findNodeRuntime(options: {
  readonly execPath: string;
  readonly cache: string;
  /** True when the sandbox runs as another user than this process. */
  readonly otherUser: boolean;
}): Promise<NodeRuntime> {
  const { execPath, cache, otherUser } = options;
  if (execPath.startsWith("/usr/")) return { binds: [], links: [], path: "" };
  const npm = join(dirname(dirname(execPath)), "lib/node_modules/npm");
  const hasNpm = await exists(join(npm, "bin/npm-cli.js"));
  let sources = { node: execPath, npm };
  if (otherUser && !(await isOpenToOthers(execPath))) sources = await copied(sources, hasNpm, cache);
  const bin = `${inside}/bin`;
  const node = { from: sources.node, to: `${bin}/node` };
  if (!hasNpm) return { binds: [node], links: [], path: bin };
  const scripts = "../lib/node_modules/npm/bin";
  return {
    binds: [node, { from: sources.npm, to: `${inside}/lib/node_modules/npm` }],
    links: ["npm", "npx"].map((name) => ({ target: `${scripts}/${name}-cli.js`, at: `${bin}/${name}` })),
    path: bin,
  };
}

async function copied(
  sources: { readonly node: string; readonly npm: string },
  withNpm: boolean,
  cache: string,
): Promise<{ node: string; npm: string }> {
  const target = join(cache, `node-${process.version}`);
  const result = { node: join(target, "node"), npm: join(target, "npm") };
  if (await exists(result.node)) return result;
  const draft = `${target}.${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o755 });
  await copyFile(sources.node, join(draft, "node"), constants.COPYFILE_FICLONE);
  if (withNpm) await cp(sources.npm, join(draft, "npm"), { recursive: true });
  await rename(draft, target);
  return result;
}
