import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isProcessAlive, ownProcessMark } from "./process-mark.ts";

/**
 * Who uses a spawned server: one empty file per process. The last one to leave ends the server; whoever was killed is not
 * counted.
 */
export type ServerUsers = {
  join(): Promise<void>;
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
      await writeFile(join(folder, own), "");
    },
    async leave() {
      await rm(join(folder, own), { force: true });
      const others = await readdir(folder);
      const gone = others.filter((mark) => !isProcessAlive(mark.split("-")[0] ?? ""));
      await Promise.all(gone.map((mark) => rm(join(folder, mark), { force: true })));
      return gone.length === others.length;
    },
  };
}
