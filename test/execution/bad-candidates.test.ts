import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyEdits } from "../../src/execution/application/apply-edits.ts";
import { detectProjects } from "../../src/execution/application/detect-projects.ts";
import type { Sandbox, SandboxLimits, Worktrees } from "../../src/execution/application/ports.ts";
import { runChecks } from "../../src/execution/application/run-checks.ts";
import { parseEdits } from "../../src/execution/domain/edit-format/parse-edits.ts";
import { checkPolicy } from "../../src/execution/domain/policy/check-policy.ts";
import { openSandbox } from "../../src/execution/infrastructure/open-sandbox.ts";
import { removeDirectory } from "../../src/execution/infrastructure/remove-directory.ts";
import { openReportFolder } from "../../src/execution/infrastructure/report-folder.ts";
import { scanSecrets } from "../../src/execution/infrastructure/secret-scan.ts";
import { createWorktrees } from "../../src/execution/infrastructure/worktrees.ts";
import { findDefinitions } from "../../src/wiring/find-definitions.ts";
import { bubblewrapMissing } from "./infrastructure/bubblewrap-missing.ts";
import { sampleRepository } from "./infrastructure/sample-repository.ts";

const logger = pino({ level: "silent" });
const source = "export function add(a, b) {\n  return a + b;\n}\n";
const fence = (path: string, text: string) => `\`\`\`js path=${path}\n${text}\`\`\`\n`;
/** A test file that does `body` when it runs. */
const bad = (body: string) => fence("test/bad.test.js", `${body}\n`);

describe.skipIf(bubblewrapMissing)("a candidate, from the model's answer to its checks (needs bubblewrap)", () => {
  let repository: ReturnType<typeof sampleRepository>;
  let worktrees: Worktrees;
  let sandbox: Sandbox;
  let count = 0;

  beforeAll(async () => {
    repository = sampleRepository({
      "package.json": JSON.stringify({ type: "module", scripts: { test: "node --test" } }),
      "src/math.js": source,
      "test/math.test.js": `
        import test from "node:test"; import assert from "node:assert"; import { add } from "../src/math.js";
        test("adds", () => assert.equal(add(1, 2), 3));`,
    });
    worktrees = createWorktrees({ root: join(repository.base, "root"), logger });
    sandbox = await openSandbox({ choice: "bubblewrap", logger });
  });
  afterAll(() => removeDirectory(repository.base));

  async function check(answer: string, limits: Partial<SandboxLimits> = {}) {
    count += 1;
    const worktree = await worktrees.create({ mirror: repository.mirror, sha: repository.sha, id: `c${count}` });
    try {
      const files = worktrees.filesOf(worktree);
      const outcomes = await applyEdits(files, parseEdits(answer).edits, findDefinitions);
      const read = await worktrees.changesOf(worktree);
      const changes = read.readable ? read.changes : [];
      const texts = changes.map(({ path, content }) => ({
        path,
        text: Buffer.from(content ?? "", "base64").toString(),
      }));
      const findings = checkPolicy({ role: "developer", changes, secrets: await scanSecrets(texts) });
      const some = { sandbox, openReportFolder, worktree: worktree.directory, limits: { wallMs: 20_000, ...limits } };
      const [test] = await runChecks({ ...some, checks: (await detectProjects(files))[0]?.checks ?? {} });
      return { applied: outcomes.every(({ applied }) => applied), changes, findings, test };
    } finally {
      await worktrees.remove(worktree);
    }
  }

  it("passes when it is right", async () => {
    const { applied, changes, findings, test } = await check(
      `src/math.js\n\`\`\`js\n<<<<<<< SEARCH\n  return a + b;\n=======\n  return b + a;\n>>>>>>> REPLACE\n\`\`\``,
    );
    expect({ applied, findings }).toEqual({ applied: true, findings: [] });
    expect(changes.map(({ path, added, deleted }) => [path, added, deleted])).toEqual([["src/math.js", 1, 1]]);
    expect(test).toMatchObject({ verdict: "pass", tests: [{ name: "test/math.test.js > adds", verdict: "pass" }] });
  });

  it("fails with the test that it breaks", async () => {
    const { test } = await check(fence("src/math.js", "export const add = (a, b) => a - b;\n"));
    expect(test).toMatchObject({
      verdict: "fail",
      reason: expect.stringMatching(/^test\/math\.test\.js > adds: .*-1/s),
    });
  });

  it("shows forbidden paths and secrets, and never the secret", async () => {
    const token = `ghp_${"wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO".padEnd(36, "0")}`;
    const { findings } = await check(
      fence(".github/workflows/x.yml", "on: push\n") + fence("src/key.js", `export default "${token}";\n`),
    );
    expect(findings).toEqual([
      {
        rule: "workflow-file",
        path: ".github/workflows/x.yml",
        reason: "Workflow files and actions are not written by agents.",
      },
      { rule: "secret", path: "src/key.js", reason: "Line 1 looks like a secret (github)." },
    ]);
  });

  it.each([
    ["loops", "for (;;);", { wallMs: 1_500 }, "ran longer than 1.5 s"],
    ["asks and waits", "for await (const _ of process.stdin);", { wallMs: 1_500 }, "ran longer than 1.5 s"],
    [
      "forks",
      `import { spawn } from "node:child_process"; for (;;) { try { spawn("sleep", ["4720"], { detached: true, stdio: "ignore" }).on("error", () => {}); } catch {} }`,
      { wallMs: 2_500 },
      "ran longer than 2.5 s",
    ],
    [
      "writes 1 GB",
      `import fs from "node:fs"; for (let i = 0; i < 100; i++) fs.writeFileSync("big" + i, Buffer.alloc(1e7));`,
      { diskBytes: 50_000_000 },
      "grow by more than 48 MiB",
    ],
    [
      "floods the output",
      `for (;;) console.error("x".repeat(1000));`,
      { wallMs: 3_000, outputBytes: 100_000 },
      "The command ",
    ],
  ])("ends a candidate that %s, with the reason", async (_, body, limits, reason) => {
    const { test } = await check(bad(body), limits);
    expect(test).toMatchObject({ verdict: "fail", cutShort: true, reason: expect.stringContaining(reason) });
  });

  it.each([
    ["allocates 2 GB", `const a = []; for (let i = 0; i < 20; i++) a.push(Buffer.alloc(1e8, 1));`],
    ["reads outside", `import fs from "node:fs"; fs.readFileSync("/etc/shadow");`],
    ["calls out", `await fetch("http://127.0.0.1:1/");`],
  ])("fails a candidate that %s, in its own test", async (_, body) => {
    const { test } = await check(bad(body));
    expect(test?.tests).toMatchObject([
      { name: "test/bad.test.js", verdict: "fail" },
      { name: "test/math.test.js > adds", verdict: "pass" },
    ]);
    expect(test).toMatchObject({ verdict: "fail", reason: expect.stringContaining("test/bad.test.js: ") });
  });

  it("lets a test open a port in a network of its own only", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    const { test } = await check(
      bad(`
        import { createServer } from "node:net"; import { once } from "node:events"; import test from "node:test";
        test("has the port", async () => {
          const own = createServer().listen(${port}, "127.0.0.1");
          await once(own, "listening");
          own.close();
        });`),
    );
    server.close();
    expect(test?.tests).toContainEqual({ name: "test/bad.test.js > has the port", verdict: "pass", reason: null });
  });

  it("publishes nothing that a test writes: links, repositories, background processes", async () => {
    const { changes, findings, test } = await check(
      bad(`
        import { execSync, spawn } from "node:child_process"; import fs from "node:fs";
        execSync("rm -rf .git; mkdir .git sub sub/.git; ln -s /etc etc");
        fs.writeFileSync("src/math.js", "");
        spawn("sleep", ["4721"], { detached: true, stdio: "ignore" }).unref();`),
    );
    expect(changes.map(({ path }) => path)).toEqual(["test/bad.test.js"]);
    expect(findings).toEqual([]);
    expect(test?.tests?.map(({ name }) => name)).toContain("test/bad.test.js");
  });

  it("leaves the machine clean", () => {
    expect(execFileSync("ps", ["-e", "-o", "args="], { encoding: "utf8" })).not.toMatch(/sleep 472[01]/);
    expect(readdirSync(join(repository.base, "root"))).toEqual([]);
  });
});
