import { describe, expect, it } from "vitest";
import { roleBounds } from "../../../src/deliberation/application/prompts/role-bounds.ts";
import { createCouncilPolicy } from "../../../src/wiring/council-policy.ts";
import { good, losses, run, useless } from "../a-council.ts";
import { jobOf, task } from "../council-of.ts";

const policy = createCouncilPolicy(async () => []);

describe("what a member is told of its role", () => {
  it.each(["developer", "qa", "devops", "data"] as const)("says where %s may write", async (role) => {
    const job = await jobOf({ task: { ...task, role } });
    expect(roleBounds(job, policy)).toMatchSnapshot();
  });

  it("follows the repository's configuration", async () => {
    const job = await jobOf({ task: { ...task, role: "qa" }, policy: { deny: ["legal/**"], tests: ["checks/**"] } });
    expect(roleBounds(job, policy)).toMatchSnapshot();
  });
});

describe("a task of a role", () => {
  const file = (path: string): string => `${path}\n\`\`\`\naccept\n\`\`\`\n`;

  it.each([
    ["qa", "test/story-12-criterion-1.test.js", "tests"],
    ["devops", "deploy/helm/values.yaml", "deployment"],
    ["data", "db/migrations/2.sql", "migrations"],
  ] as const)("%s is told its bounds, and who leaves them loses with the rule named", async (role, path, kind) => {
    const drafts = { a: good + file(path), b: file(path), c: useless + file(path), revision: "no change" };
    const ended = await run(drafts, { job: { task: { ...task, role, covers: [] } } });
    expect(ended.asked.find(({ purpose }) => purpose === "draft")?.text).toContain(`you may write ${kind} only`);
    expect(losses(ended)).toMatchObject({ c1: "policy", c2: null, c3: "policy" });
    const policyCell = ended.implementation().candidates[1]?.checks.find(({ name }) => name === "policy");
    expect(policyCell?.summary).toBe(`src/sum.js: The role ${role} writes ${kind} only.`);
  });
});
