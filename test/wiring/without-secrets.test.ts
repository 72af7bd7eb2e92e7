import { expect, it } from "vitest";
import type { CommandRun, RunOptions, Workspace } from "../../src/deliberation/application/ports.ts";
import { reportWithoutSecrets, withoutSecrets } from "../../src/wiring/without-secrets.ts";

/** The library knows it, our own rules do not. Put together here, so that nobody takes this file for a leak. */
const token = ["shpat", "0123456789abcdef".repeat(2)].join("_");
const struck = "[redacted: shopify]";

it("what checks print and call their tests holds no secret, in the order in which it came", async () => {
  const run: CommandRun = { outcome: "failed", reason: `It says ${token}`, output: `one\n${token}\n`, ms: 1 };
  const clean = { outcome: "failed", reason: `It says ${struck}`, output: `one\n${struck}\n`, ms: 1 };
  const found = { file: `${token}.js`, verdict: "fail" as const, reason: token };
  const checks = withoutSecrets({
    commands: async () => ({ builds: run, lint: run }),
    dryRun: async () => ({ ...run, failing: ["b", token, "a"], passed: 0, total: 3 }),
    tests: async () => ({
      ...run,
      tests: [
        { name: token, ...found },
        { name: "plain", file: null, verdict: "pass", reason: null },
      ],
    }),
  });
  // Nothing of these is looked at.
  const [workspace, options] = [{} as unknown as Workspace, {} as unknown as RunOptions];
  expect(await checks.commands(workspace, options)).toEqual({ builds: clean, lint: clean });
  expect(await checks.dryRun(workspace, "deployment", [], options)).toMatchObject({
    ...clean,
    failing: ["b", struck, "a"],
  });
  expect(await checks.tests(workspace, null, options)).toEqual({
    ...clean,
    tests: [
      { name: struck, file: `${struck}.js`, verdict: "fail", reason: struck },
      { name: "plain", file: null, verdict: "pass", reason: null },
    ],
  });
});

it("what a check of GitHub reports holds no secret", async () => {
  const failed = { summary: token, output: `a ${token}` };
  expect(await reportWithoutSecrets({ name: token, headSha: "a", failed })).toEqual({
    name: struck,
    headSha: "a",
    failed: { summary: struck, output: `a ${struck}` },
  });
  expect(await reportWithoutSecrets({ name: "ci", headSha: "a", failed: null })).toMatchObject({ failed: null });
});
