import { afterAll, beforeAll, expect, test } from "vitest";
import { permissions } from "../../../src/github/registry.ts";
import { refreshToken } from "../../../src/github/repositories/read-installation.ts";
import { areChecksGreen } from "../../../src/github/translate/review-facts.ts";
import { type LocalWorld, startWorld } from "../support/local-world.ts";

const shop = { owner: "acme", repo: "shop" };
let world: LocalWorld;
let sha: string;

beforeAll(async () => {
  world = await startWorld();
  sha = (await world.as("dev").rest.git.getRef({ ...shop, ref: "heads/main" })).data.object.sha;
});
afterAll(() => world.close());

const green = () => areChecksGreen(world.on.octokit, world.ref, sha);
const report = (context: string, state: "pending" | "success" | "failure" | "error") =>
  world.as("dev").rest.repos.createCommitStatus({ ...shop, sha, context, state });
const statusReads = () => world.github.requests.get("repos/get-combined-status-for-ref") ?? 0;

test("a commit that nothing reports on is green", async () => {
  expect(await green()).toBe(true);
});

test("of each context's statuses the newest counts, and only a success is green", async () => {
  await report("ci/lint", "success");
  const seen: [string, boolean][] = [];
  for (const state of ["pending", "success", "failure", "success", "error"] as const) {
    await report("ci/build", state);
    seen.push([state, await green()]);
  }
  expect(seen).toEqual([
    ["pending", false],
    ["success", true],
    ["failure", false],
    ["success", true],
    ["error", false],
  ]);
});

test("where a check run is red already, statuses are not read", async () => {
  const { data: run } = await world.on.octokit.rest.checks.create({ ...shop, name: "ci", head_sha: sha });
  const before = statusReads();
  expect(await green()).toBe(false);
  expect(statusReads()).toBe(before);
  await world.on.octokit.rest.checks.update({ ...shop, check_run_id: run.id, conclusion: "success" });
});

test("an installation that was not granted `statuses` yet goes by its check runs", async () => {
  expect(await green()).toBe(false);
  const { statuses: _, ...older } = permissions;
  world.github.grantPermissions(world.ref.installation, older);
  await refreshToken(world.on.octokit);
  expect(await green()).toBe(true);
});
