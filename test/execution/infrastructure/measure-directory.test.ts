import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { measureDirectory } from "../../../src/execution/infrastructure/measure-directory.ts";

const unbounded = { bytes: Number.POSITIVE_INFINITY, entries: Number.POSITIVE_INFINITY };
const base = mkdtempSync(join(tmpdir(), "fleet-measure-"));
const few = join(base, "few");
const many = join(base, "many");

beforeAll(() => {
  mkdirSync(join(few, "deep"), { recursive: true });
  writeFileSync(join(few, "deep/a"), "x".repeat(10_000));
  symlinkSync("/etc", join(few, "link"));
  for (let folder = 0; folder < 6; folder += 1) {
    mkdirSync(join(many, `${folder}`), { recursive: true });
    for (let at = 0; at < 999; at += 1) writeFileSync(join(many, `${folder}`, `${at}\n`), "");
  }
  writeFileSync(join(many, "large"), "x".repeat(100_000));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

describe("a directory", () => {
  it("of few entries is measured, and no link is followed", async () => {
    const { bytes, ...rest } = await measureDirectory(few, unbounded);
    expect(rest).toEqual({ entries: 3, complete: true });
    expect(bytes).toBeGreaterThanOrEqual(10_000);
    expect(bytes).toBeLessThan(50_000);
  });

  it("of many is measured by a program, the same as without it", async () => {
    const found = await measureDirectory(many, unbounded);
    expect(found).toMatchObject({ entries: 6_001, complete: true });
    expect(found.bytes).toBeGreaterThanOrEqual(100_000);
    expect(await measureDirectory(many, unbounded, found.entries)).toEqual(found);
    expect(await measureDirectory(few, unbounded, found.entries)).toEqual(await measureDirectory(few, unbounded));
    vi.stubEnv("PATH", base);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await measureDirectory(many, unbounded)).toEqual(found);
  });

  it.each([
    ["entries", { ...unbounded, entries: 5_500 }],
    ["entries", { ...unbounded, entries: 100 }],
    ["bytes", { ...unbounded, bytes: 50_000 }],
  ] as const)("beyond a bound of %s is not measured to its end: %j", async (what, bounds) => {
    const found = await measureDirectory(many, bounds);
    expect(found.complete).toBe(false);
    expect(found[what]).toBeGreaterThan(bounds[what]);
  });

  it.skipIf(process.getuid?.() === 0)(
    "of which a folder is closed to this user is not measured to its end",
    async () => {
      chmodSync(join(many, "0"), 0o000);
      try {
        expect((await measureDirectory(many, unbounded)).complete).toBe(false);
      } finally {
        chmodSync(join(many, "0"), 0o755);
      }
    },
  );
});
