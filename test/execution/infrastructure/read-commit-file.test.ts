import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readCommitFile } from "../../../src/execution/infrastructure/read-commit-file.ts";
import { removeDirectory } from "../../../src/execution/infrastructure/remove-directory.ts";
import { sampleRepository } from "./sample-repository.ts";

const { base, mirror, sha } = sampleRepository({
  "a/b.yml": "checks: {}\n",
  "a/zero.bin": "a\0b",
  "a/large.txt": "x".repeat(1_000_001),
  "a/link": "-> b.yml",
});
afterAll(() => removeDirectory(base));

it.each([
  ["a regular file", "a/b.yml", "checks: {}\n"],
  ["no file", "a/c.yml", null],
  ["a folder", "a", null],
  ["a link", "a/link", null],
  ["binary content", "a/zero.bin", null],
  ["more than a megabyte", "a/large.txt", null],
])("reads what a commit holds: %s at %s", async (_, path, text) => {
  expect(await readCommitFile({ gitDirectory: mirror, sha }, path)).toBe(text);
  expect(await readCommitFile({ gitDirectory: join(base, "work/.git"), sha }, path)).toBe(text);
});
