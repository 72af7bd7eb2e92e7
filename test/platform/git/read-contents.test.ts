import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readContents } from "../../../src/platform/git/read-contents.ts";

const directory = mkdtempSync(join(tmpdir(), "read-contents-"));
const gitDirectory = join(directory, ".git");
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const git = (input: string | Buffer, ...call: readonly string[]): string =>
  execFileSync("git", ["-C", directory, ...call], { input })
    .toString("utf8")
    .trim();
const store = (content: string | Buffer): string => git(content, "hash-object", "-w", "--stdin");

beforeAll(() => {
  git("", "init", "--quiet");
});

it("reads whatever bytes there are, in one go or side by side, and leaves out what git does not have", async () => {
  const contents = ["", "one\n", `${"0".repeat(40)} blob 3\nabc\n`, Buffer.from([0, 10, 255]), "x".repeat(300_000)];
  const ids = contents.map(store);
  const absent = "1".repeat(40);
  const whole = await readContents(gitDirectory, [...ids, absent, ...ids]);
  expect([...whole.keys()]).toEqual(ids);
  for (const [at, id] of ids.entries()) expect(whole.get(id)?.equals(Buffer.from(contents[at] ?? ""))).toBe(true);
  const each = await Promise.all([absent, ...ids].map((id) => readContents(gitDirectory, [id])));
  expect(each.map(({ size }) => size)).toEqual([0, ...ids.map(() => 1)]);
  expect(each.at(-1)?.get(ids.at(-1) ?? "")).toHaveLength(300_000);
});

it("finds what was stored, and packed, after it began", async () => {
  await readContents(gitDirectory, [store("before")]);
  const later = store("later");
  git(`${later}\n`, "pack-objects", "--quiet", join(gitDirectory, "objects", "pack", "pack"));
  git("", "prune-packed");
  expect((await readContents(gitDirectory, [later])).get(later)?.toString("utf8")).toBe("later");
});

it("tells why git ended, and begins anew for the next one", async () => {
  const nowhere = join(directory, "nowhere");
  const id = store("x");
  const both = await Promise.allSettled([readContents(nowhere, [id]), readContents(nowhere, [id])]);
  for (const each of both) expect(each).toMatchObject({ status: "rejected", reason: { status: 128 } });
  await expect(readContents(nowhere, [id])).rejects.toThrow("git cat-file failed: fatal: not a git repository");
  git("", "init", "--quiet", "--bare", nowhere);
  expect((await readContents(nowhere, [id])).size).toBe(0);
});

it("asks for nothing that is no id", async () => {
  await expect(readContents(gitDirectory, ["HEAD\nHEAD"])).rejects.toThrow('"HEAD\\nHEAD" is no id of git\'s');
  expect(await readContents(gitDirectory, [])).toEqual(new Map());
});
