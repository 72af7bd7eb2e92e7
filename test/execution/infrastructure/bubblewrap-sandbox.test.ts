import { chmod, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Sandbox, SandboxRun } from "../../../src/execution/application/ports.ts";
import { createBubblewrapSandbox } from "../../../src/execution/infrastructure/bubblewrap-sandbox.ts";
import { removeDirectory } from "../../../src/execution/infrastructure/remove-directory.ts";
import { bubblewrapMissing } from "./bubblewrap-missing.ts";
import { commandLines, itIsASandbox } from "./sandbox-contract.ts";

describe.skipIf(bubblewrapMissing)("the bubblewrap sandbox (needs bubblewrap)", () => {
  let base = "";
  let worktree = "";
  let sandbox: Sandbox;
  let server: Server;
  let port = 0;

  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), "fleet-sandbox-test-"));
    await chmod(base, 0o755);
    await mkdir(join(base, "cache"), { mode: 0o755 });
    await writeFile(join(base, "outside.txt"), "outside");
    const created = await createBubblewrapSandbox({ cache: join(base, "cache") });
    if ("missing" in created) throw new Error(created.missing);
    sandbox = created;
    server = createServer((socket) => socket.end("reached"));
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const address = server.address();
    if (typeof address === "object" && address !== null) port = address.port;
  });

  beforeEach(async () => {
    worktree = await mkdtemp(join(base, "worktree-"));
  });

  afterAll(async () => {
    server.close();
    await removeDirectory(base);
  });

  itIsASandbox(() => ({ sandbox, base }));

  const run = (command: SandboxRun["command"], more: Partial<SandboxRun> = {}) =>
    sandbox.run({ worktree, command, ...more });

  it("runs Node, which knows its user, and npm", async () => {
    const result = await run(["node", "-p", "require('os').userInfo().username + process.cwd() + process.version"]);
    expect(result.stdout).toBe(`sandbox/worktree${process.version}\n`);
    expect((await run("npm --version")).exitCode).toBe(0);
  });

  it("knows itself as localhost", async () => {
    const program =
      'const s = require("http").createServer((_, r) => r.end("here")).listen(0, "localhost", () => fetch("http://localhost:" + s.address().port).then((r) => r.text()).then(console.log).finally(() => s.close()))';
    expect((await run(["node", "-e", program])).stdout).toBe("here\n");
  });

  it("has nobody to answer a question", async () => {
    const { stdout } = await run("read -r answer </dev/tty; echo $?; read -r answer; echo $?");
    expect(stdout).toMatch(/^[12]\n1\n$/);
  });

  it("does not reach a server of this machine", async () => {
    const program = `fetch("http://127.0.0.1:${port}").then(() => console.log("reached"), () => console.log("refused"))`;
    expect((await run(["node", "-e", program])).stdout).toBe("refused\n");
  });

  it("inherits no descriptor of this process", async () => {
    const { stdout } = await run("for fd in /proc/self/fd/*; do readlink $fd; done");
    const lines = stdout
      .split("\n")
      .filter((line) => !/^(?:|pipe:.*|socket:.*|\/dev\/null|\/proc\/\d+\/fd)$/.test(line));
    expect(lines).toEqual([]);
    expect((await run("ls /proc/self/fd | wc -l")).stdout.trim()).toMatch(/^[4-6]$/);
  });

  it("bounds a fork bomb and leaves nothing of it", async () => {
    const bomb = "bomb4712() { bomb4712 | bomb4712 & sleep 4712; }; bomb4712";
    const result = await run(["bash", "-c", bomb], { limits: { wallMs: 1_500, processes: 64 } });
    expect(result.endedBy).toBe("time");
    expect(commandLines()).not.toContain("4712");
  });

  it("ends processes that leave their parent and their session, when the command is done", async () => {
    const result = await run("setsid nohup sleep 4713 >/dev/null 2>&1 & (setsid setsid sleep 4713 &) ; echo done");
    expect(result).toMatchObject({ exitCode: 0, stdout: "done\n" });
    expect(commandLines()).not.toContain("sleep 4713");
  });

  it("ends them also when they hold the streams open", async () => {
    const result = await run("sleep 4714 & echo done", { limits: { wallMs: 20_000 } });
    expect(result).toMatchObject({ exitCode: 0, endedBy: "exit", stdout: "done\n" });
  });

  it("bounds /tmp", async () => {
    const result = await run("head -c 20000000 /dev/zero > /tmp/x && echo all", { limits: { tmpBytes: 10_000_000 } });
    expect(result.stdout).toBe("");
  });

  it("bounds the number of files", async () => {
    const program = "for (let i = 0; i < 60000; i++) require('fs').writeFileSync('f' + i, '')";
    expect(await run(["node", "-e", program])).toMatchObject({
      endedBy: "disk",
      reason: "made more than 50,000 files",
    });
  });

  it("refuses 2 GB of memory to one process", async () => {
    const program = "const a = []; for (let i = 0; i < 20; i++) a.push(Buffer.alloc(1e8, 1));";
    const result = await run(["node", "-e", program], { limits: { memoryBytes: 600_000_000 } });
    expect(result).toMatchObject({ endedBy: "memory", exitCode: null });
  });

  it("refuses it to many processes together", async () => {
    const one = `node -e "const a = Buffer.alloc(1.2e8, 1); setTimeout(() => a, 20000)"`;
    const command = `${Array.from({ length: 8 }, () => `${one} &`).join(" ")} wait`;
    const result = await run(command, { limits: { memoryBytes: 600_000_000 } });
    expect(result).toMatchObject({ endedBy: "memory", reason: "held more than 572 MiB of memory" });
    expect(result.peakMemoryBytes).toBeGreaterThan(600_000_000);
  });

  it("says what could not be started", async () => {
    expect(await run("true", { readOnly: [{ from: join(base, "absent"), to: "/x" }] })).toMatchObject({
      endedBy: "refused",
      reason: expect.stringContaining("Can't find source path"),
    });
    expect((await run(["no-such-program"])).exitCode).not.toBe(0);
  });

  it("takes files with huge names and deep directories for what they are", async () => {
    const deep =
      "d=$(printf 'a%.0s' $(seq 1 200)); for i in $(seq 1 60); do mkdir $d && cd $d || exit 1; done; echo deep";
    const result = await run(["bash", "-c", deep]);
    expect(result).toMatchObject({ endedBy: "disk", reason: "made files that cannot be read" });
  });

  it("runs several at once, each with its own limits", async () => {
    const trees = await Promise.all([1, 2, 3].map(() => mkdtemp(join(base, "worktree-"))));
    const results = await Promise.all(
      trees.map((tree, at) =>
        sandbox.run({
          worktree: tree,
          command: `for i in $(seq 1 30); do sleep 1 & done; wait; echo ${at}`,
          limits: { processes: 40 },
        }),
      ),
    );
    expect(results.map(({ stdout }) => stdout)).toEqual(["0\n", "1\n", "2\n"]);
  });
});
