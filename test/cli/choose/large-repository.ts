import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync, lstatSync, mkdtempSync, readdirSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { git } from "../../execution/infrastructure/sample-repository.ts";
import { project } from "./a-choice.ts";

/** Content that does not compress. Each file has its own first line, in bytes of its own: a stream keeps what it is given. */
const megabyte = randomBytes(1_000_000);

/** Files of a large repository beside its project's. */
const contents = {
  "1 GB": function* () {
    for (let at = 0; at < 1_100; at += 1)
      yield [`data/${at}.bin`, Buffer.concat([Buffer.from(`file ${at}\n`), megabyte])] as const;
  },
  "100,000 files": function* () {
    for (let at = 0; at < 100_000; at += 1)
      yield [`src/p${at % 100}/d${at % 2_000}/f${at}.js`, Buffer.from(`export const n = ${at};\n`)] as const;
  },
} as const;

/** A bare repository with one commit, made by one git process, and no delta looked for. */
export async function largeRepository(place: string, kind: keyof typeof contents): Promise<string> {
  const directory = join(place, "repository.git");
  git(place, "init", "--quiet", "--bare", "--initial-branch=main", directory);
  git(directory, "config", "core.compression", "0");
  const child = spawn("git", ["fast-import", "--quiet", "--depth=0"], {
    cwd: directory,
    stdio: ["pipe", "ignore", "inherit"],
  });
  const ended = once(child, "close");
  const write = async (part: string | Buffer): Promise<void> => {
    if (!child.stdin.write(part)) await once(child.stdin, "drain");
  };
  await write("commit refs/heads/main\ncommitter a <a@example.com> 0 +0000\ndata 5\nstart\n");
  const add = async (path: string, bytes: Buffer): Promise<void> => {
    await write(`M 100644 inline ${path}\ndata ${bytes.length}\n`);
    await write(bytes);
    await write("\n");
  };
  for (const [path, text] of Object.entries(project)) await add(path, Buffer.from(text));
  for (const [path, bytes] of contents[kind]()) await add(path, bytes);
  child.stdin.end();
  const [status] = await ended;
  if (status !== 0) throw new Error(`git fast-import ended with ${status}`);
  return directory;
}

/**
 * Every file of a repository with its size and its time. Git renews the time of a pack when an object in it is to be written
 * once more, and of nothing else.
 */
export function stateOf(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((path) => ({ path, found: lstatSync(join(directory, path)) }))
    .map(({ path, found }) => `${path} ${found.size} ${path.endsWith(".pack") ? "" : found.mtimeMs}`)
    .sort();
}

/** An empty folder of that much room (bytes), in memory where there is as much: what is measured is not the disk. */
export function roomOf(bytes: number, inMemory: boolean): string {
  const has = (place: string): boolean => {
    const { bavail, bsize } = statfsSync(place);
    return bavail * bsize > bytes;
  };
  const place = mkdtempSync(join(inMemory && has("/dev/shm") ? "/dev/shm" : tmpdir(), "fleet-large-"));
  // The sandbox runs as another user where the tests run as root.
  chmodSync(place, 0o711);
  return place;
}
