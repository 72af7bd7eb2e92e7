import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { lockFolder } from "../../../src/platform/queue/folder-lock.ts";
import { isProcessAlive, ownProcessMark } from "../../../src/platform/queue/process-mark.ts";
import { serverUsers } from "../../../src/platform/queue/server-users.ts";

const folder = await mkdtemp(join(tmpdir(), "folder-lock-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function deadMark(): Promise<string> {
  const child = spawn("true");
  await once(child, "exit");
  return `${child.pid}.1`;
}

describe("a process mark", () => {
  it("tells this process from a dead one and from another of the same pid", async () => {
    expect(isProcessAlive(ownProcessMark())).toBe(true);
    expect(isProcessAlive(`${process.pid}.1`)).toBe(false);
    expect(isProcessAlive(await deadMark())).toBe(false);
    expect(isProcessAlive("not a mark")).toBe(false);
    expect(isProcessAlive("-1")).toBe(false);
  });
});

describe("a folder lock", () => {
  it("is held by one at a time", async () => {
    const unlock = await lockFolder(folder, "one", 0);
    await expect(lockFolder(folder, "one", 50)).rejects.toThrow("in use by another process");
    const next = lockFolder(folder, "one", 5_000);
    await unlock();
    await (await next)();
  });

  it("never lets two in, however many try", async () => {
    let inside = 0;
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const unlock = await lockFolder(folder, "many", 10_000);
        inside += 1;
        expect(inside).toBe(1);
        await Promise.resolve();
        inside -= 1;
        await unlock();
      }),
    );
  });

  it("is taken over from the dead", async () => {
    await writeFile(join(folder, "dead.lock"), await deadMark());
    const unlock = await lockFolder(folder, "dead", 0);
    expect(await readFile(join(folder, "dead.lock"), "utf8")).toBe(ownProcessMark());
    await unlock();
  });

  it("tells a folder that cannot be written", async () => {
    await expect(lockFolder(join(folder, "none"), "x", 0)).rejects.toThrow("ENOENT");
  });
});

describe("the users of a server", () => {
  it("counts the living only", async () => {
    const list = join(folder, "users");
    const [one, two] = [serverUsers(list), serverUsers(list)];
    expect(await one.join()).toBe(true);
    expect(await two.join()).toBe(false);
    await writeFile(join(list, `${await deadMark()}-1`), "");
    expect(await one.leave()).toBe(false);
    expect(await two.leave()).toBe(true);
  });
});
