import { describe, expect, it } from "vitest";
import { type GitProcess, startGit } from "../../../src/platform/git/start-git.ts";

const call = (args: readonly string[], more: Partial<GitProcess> = {}): GitProcess => ({
  args,
  env: { PATH: process.env["PATH"] ?? "" },
  cwd: "/",
  input: "",
  most: 1_000_000,
  timeoutMs: 30_000,
  ...more,
});

describe("startGit", () => {
  it("hands over bytes both ways, for several calls at once", async () => {
    const bytes = Buffer.from([0, 255, 10, 13]);
    const hash = (input: Buffer) => startGit(call(["hash-object", "--stdin"], { input }));
    const [one, two, version] = await Promise.all([
      hash(bytes),
      hash(Buffer.from("two")),
      startGit(call(["--version"])),
    ]);
    expect(one.stdout.toString()).toBe("d7da30f65b8f37bf5c949da3dde001f923ad5998\n");
    expect(two.stdout.toString()).not.toBe(one.stdout.toString());
    expect(version).toMatchObject({ status: 0, stderr: "", cut: false, late: false });
  });

  it("tells git's status, what it said, and that it was cut or late", async () => {
    expect(await startGit(call(["no-such-command"]))).toMatchObject({ status: 1, cut: false, late: false });
    expect(await startGit(call(["help", "-a"], { most: 10 }))).toMatchObject({ cut: true });
    const endless = call(["hash-object", "/dev/zero"], { timeoutMs: 20 });
    expect(await startGit(endless)).toMatchObject({ status: null, late: true });
  });

  it("ends git when the signal says so, and at once where it has said so before", async () => {
    const stop = new AbortController();
    const run = startGit(call(["hash-object", "/dev/zero"]), stop.signal);
    stop.abort();
    await expect(run).rejects.toMatchObject({ name: "AbortError" });
    await expect(startGit(call(["--version"]), stop.signal)).rejects.toMatchObject({ name: "AbortError" });
  });

  it("throws where git cannot be started, and goes on", async () => {
    await expect(startGit(call(["--version"], { cwd: "/no/such/place" }))).rejects.toMatchObject({ code: "ENOENT" });
    await expect(startGit(call(["\0"]))).rejects.toMatchObject({ code: "ERR_INVALID_ARG_VALUE" });
    expect(await startGit(call(["--version"]))).toMatchObject({ status: 0 });
  });
});
