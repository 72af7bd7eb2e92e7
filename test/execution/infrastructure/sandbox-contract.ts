import { randomInt } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chmod, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, it, vi } from "vitest";
import type { Sandbox, SandboxRun } from "../../../src/execution/application/ports.ts";

/** The command lines of all processes of this machine. */
export function commandLines(): string {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return all
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ");
      } catch {
        return "";
      }
    })
    .join("\n");
}

/**
 * What every sandbox does alike. `given` has it open, and a directory for work trees that it can show, by each test. What
 * takes a second by itself is left out where `slow` is false.
 */
export function itIsASandbox(given: () => { readonly sandbox: Sandbox; readonly base: string }, slow = true): void {
  let worktree = "";
  // Other test files look for the same commands among all processes, at the same time.
  const mark = randomInt(1_000_000, 10_000_000);
  const run = (command: SandboxRun["command"], more: Partial<SandboxRun> = {}) =>
    given().sandbox.run({ worktree, command, ...more });

  beforeEach(async () => {
    worktree = await mkdtemp(join(given().base, "worktree-"));
  });

  it("runs a command in the work tree and gives back its status and streams", async () => {
    await writeFile(join(worktree, "in.txt"), "hello");
    const result = await run("cat in.txt; echo oops >&2; echo made > out.txt; exit 3");
    expect(result).toMatchObject({ exitCode: 3, endedBy: "exit", stdout: "hello", stderr: "oops\n" });
    expect(await readFile(join(worktree, "out.txt"), "utf8")).toBe("made\n");
  });

  it("passes the words of a list as they are", async () => {
    const words = ["$HOME", "$(CI)", "$$", "a b", "'\"", "x=$$(CI)", "", "--"];
    const program = "console.log(JSON.stringify(process.argv.slice(1)))";
    expect(JSON.parse((await run(["node", "-e", program, "--", ...words])).stdout)).toEqual(words);
  });

  it("passes the variables of the call and no others", async () => {
    const { stdout } = await run("env", { env: { GREETING: "a b=$c" } });
    const names = stdout
      .trim()
      .split("\n")
      .map((line) => line.slice(0, line.indexOf("=")));
    expect(names.filter((name) => !["PWD", "SHLVL", "_", "OLDPWD"].includes(name)).sort()).toEqual([
      "CI",
      "GREETING",
      "HOME",
      "LANG",
      "PATH",
      "TMPDIR",
    ]);
    expect(stdout).toContain("GREETING=a b=$c");
  });

  it("does not read outside, not by a path and not by a link", async () => {
    const outside = join(given().base, "outside.txt");
    await writeFile(outside, "outside");
    await symlink(outside, join(worktree, "link"));
    for (const path of [outside, "link", "/etc/shadow", "/root/.bashrc", `/proc/1/root${outside}`]) {
      expect((await run(["cat", path])).exitCode).not.toBe(0);
    }
  });

  it("ends an endless loop by the clock", async () => {
    const result = await run(["node", "-e", `for(;;); // loop-${mark}`], { limits: { wallMs: 500 } });
    expect(result).toMatchObject({ endedBy: "time", exitCode: null, reason: "ran longer than 0.5 s" });
    expect(commandLines()).not.toContain(`loop-${mark}`);
  });

  it.runIf(slow)("ends an endless loop by its CPU time", async () => {
    expect(await run(["node", "-e", "for(;;);"], { limits: { cpuSeconds: 1, wallMs: 20_000 } })).toMatchObject({
      endedBy: "cpu",
    });
  });

  it("refuses a file of 1 GB", async () => {
    const result = await run("dd if=/dev/zero of=big bs=1M count=1000 2>/dev/null", {
      limits: { fileBytes: 8_000_000 },
    });
    expect(result).toMatchObject({ endedBy: "disk", reason: "wrote a file that is larger than it may be" });
  });

  it("bounds what many files take together", async () => {
    const command = "for i in $(seq 1 100); do head -c 20000000 /dev/zero > $i || exit 1; done; echo all";
    const result = await run(command, { limits: { diskBytes: 30_000_000 } });
    expect(result).toMatchObject({ endedBy: "disk", exitCode: null });
    expect(result.reason).toBe("let the work tree grow by more than 29 MiB");
  });

  it("ends a flood of output and keeps no more of it than it may", async () => {
    const result = await run("yes", { limits: { outputBytes: 100_000 } });
    expect(result).toMatchObject({ endedBy: "output", reason: "wrote more than 100,000 bytes of output" });
    expect(result.stdout.length).toBeLessThanOrEqual(100_000);
  });

  it("is stopped by its caller, before and while it runs", async () => {
    const controller = new AbortController();
    const running = run(`echo up > up; sleep ${mark}`, { signal: controller.signal });
    await vi.waitFor(() => expect(existsSync(join(worktree, "up"))).toBe(true), { timeout: 30_000 });
    controller.abort();
    expect(await running).toMatchObject({ endedBy: "aborted" });
    expect(commandLines()).not.toContain(`sleep ${mark}`);
    expect(await run("echo", { signal: controller.signal })).toMatchObject({ endedBy: "aborted", wallMs: 0 });
  });

  it("shows directories read-only and writable, and leaves no mount point behind", async () => {
    const store = await mkdtemp(join(given().base, "store-"));
    await chmod(store, 0o755);
    await writeFile(join(store, "x.js"), "module.exports = 7;");
    const report = await mkdtemp(join(given().base, "report-"));
    const result = await run(
      "node -p 'require(\"x.js\")'; touch node_modules/y 2>/dev/null || echo read-only; echo r > /report/r",
      {
        readOnly: [{ from: store, to: "node_modules" }],
        writable: [{ from: report, to: "/report" }],
      },
    );
    expect(result.stdout).toBe("7\nread-only\n");
    expect(await readFile(join(report, "r"), "utf8")).toBe("r\n");
    expect(existsSync(join(worktree, "node_modules"))).toBe(false);
  });

  it("does not start where the candidate put a link in a mount's place", async () => {
    await symlink("/etc", join(worktree, "node_modules"));
    const result = await run("true", { readOnly: [{ from: given().base, to: "node_modules" }] });
    expect(result).toMatchObject({
      endedBy: "refused",
      reason: expect.stringContaining("node_modules is not a directory"),
    });
  });
}
