import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isProcessAlive, ownProcessMark } from "./process-mark.ts";

/**
 * Who uses a spawned server: one empty file per process. The last one to leave ends the server; whoever was killed is not
 * counted.
 */
export type ServerUsers = {
  /** Puts this process on the list. True when no other living process is on it. */
  join(): Promise<boolean>;
  /** Takes this process off the list. True when no other living process is on it. */
  leave(): Promise<boolean>;
};

let users = 0;

/** The users' list in this folder. The same process may be on it several times. */
export function serverUsers(folder: string): ServerUsers {
  users += 1;
  const own = `${ownProcessMark()}-${users}`;
  return {
    async join() {
      await mkdir(folder, { recursive: true });
      const alone = await isEmpty(folder);
      await writeFile(join(folder, own), "");
      return alone;
    },
    async leave() {
      await rm(join(folder, own), { force: true });
      return isEmpty(folder);
    },
  };
}

async function isEmpty(folder: string): Promise<boolean> {
  const marks = await readdir(folder);
  const dead = marks.filter((mark) => !isProcessAlive(mark.split("-")[0] ?? ""));
  await Promise.all(dead.map((mark) => rm(join(folder, mark), { force: true })));
  return dead.length === marks.length;
}
