import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findProgram } from "./find-program.ts";

/** The user that commands run as when this process is root: a process limit never binds root (ENGINES.md). */
export const unprivileged = { uid: 65534, gid: 65534 };

/**
 * Makes directories and all that lies in them the sandbox user's own; `chown` is that program's path. What is already his is
 * left alone where there is a `find`: a file's owner is written to the disk, be it the same one.
 */
export async function giveAway(chown: string, paths: readonly string[]): Promise<void> {
  const find = await findProgram("find");
  const all = () => run(chown, ["-R", ...give, "--", ...paths], { env: {} });
  // A path may be longer than the kernel takes at once, and some systems' find knows no owners: then chown itself walks.
  const others = () =>
    run(find ?? "", [...paths, ...notHis, "-exec", chown, ...give, "{}", "+"], { env: {} }).catch(all);
  await (find === null ? all() : others());
}

const run = promisify(execFile);
const { uid, gid } = unprivileged;
const give = ["-h", `${uid}:${gid}`];
const notHis = ["(", "!", "-uid", `${uid}`, "-o", "!", "-gid", `${gid}`, ")"];
