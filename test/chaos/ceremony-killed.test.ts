import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sampleStories } from "../../src/playground/sample/script.ts";
import { freePort } from "../support/free-port.ts";
import { endFleetProcesses, type FleetProcess, startFleetProcess } from "../support/run-fleet.ts";
import { type ScriptedModel, startScriptedModel } from "../support/scripted-model.ts";
import { thorough, whyNotThorough } from "../support/thorough.ts";

let dataDir: string;
let port: number;
let model: ScriptedModel;
/** Whether the model says anything: one that hangs is killed with the fleet at it. */
let silent = true;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "fleet-ceremony-"));
  port = await freePort();
  model = await startScriptedModel(({ reviewer }) =>
    silent && reviewer !== "architect"
      ? new Promise(() => {})
      : JSON.stringify({
          verdict: reviewer === "qa" ? "needs-changes" : "ready",
          summary: `As ${reviewer}.`,
          testsNeeded: ["A customer at the limit."],
        }),
  );
});
afterEach(async () => {
  await endFleetProcesses();
  await model.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** The playground, whose local GitHub remembers, and its product owner's client. */
async function start() {
  const env = { FLEET_DATA_DIR: dataDir, PORT: String(port), FLEET_MODEL_HOSTS: model.url };
  const fleet = startFleetProcess(["up"], env);
  const github = /(http\S+)\/api\/v3/.exec(await fleet.line((line) => line.includes("/api/v3 (REST)")))?.[1] ?? "";
  const token = (await fleet.line((line) => line.includes("product owner "))).trim().split(/\s+/).at(-1) ?? "";
  const [, owner = "", repo = ""] =
    /\/([^/]+)\/([^/]+)\.git/.exec(fleet.lines.find((line) => line.includes(".git")) ?? "") ?? [];
  return { fleet, owner, repo, rest: new Octokit({ auth: token, baseUrl: `${github}/api/v3` }).rest };
}

type Running = Awaited<ReturnType<typeof start>>;

async function kill({ fleet }: { readonly fleet: FleetProcess }): Promise<void> {
  expect(await fleet.end("SIGKILL")).toBe("SIGKILL");
}

const soon = (look: () => Promise<void>) => vi.waitFor(look, { timeout: 60_000, interval: 50 });

/** The comments of ceremonies on the issue. */
async function reviews({ rest, owner, repo }: Running, issue_number: number): Promise<readonly string[]> {
  const { data } = await rest.issues.listComments({ owner, repo, issue_number, per_page: 100 });
  return data.map(({ body = "" }) => body).filter((body) => body.startsWith("<!-- fleet:ceremony "));
}

/** A story in `ready-for-planning`, in a repository whose councils start by command only. */
async function readyStory(at: Running): Promise<number> {
  const { rest, owner, repo } = at;
  const file = { owner, repo, path: ".github/fleet.yml" };
  const { data } = await rest.repos.getContent(file);
  const { sha, content } = "content" in data ? data : { sha: "", content: "" };
  const text = Buffer.from(content, "base64").toString().replace("start: auto", "start: command");
  expect(text).toContain("start: command");
  await rest.repos.createOrUpdateFileContents({
    ...file,
    sha,
    message: "Ask first",
    content: Buffer.from(text).toString("base64"),
  });
  const [story] = sampleStories();
  await soon(async () => void (await rest.issues.getLabel({ owner, repo, name: "fleet:story" })));
  const { title = "", body = "" } = story ?? {};
  const { data: issue } = await rest.issues.create({ owner, repo, title, body, labels: ["fleet:story"] });
  await say(at, issue.number, "/submit\n/approve");
  await soon(async () => {
    const { data: labels } = await rest.issues.listLabelsOnIssue({ owner, repo, issue_number: issue.number });
    expect(labels.map(({ name }) => name)).toContain("story/ready-for-planning");
  });
  return issue.number;
}

function say({ rest, owner, repo }: Running, issue_number: number, body: string) {
  return rest.issues.createComment({ owner, repo, issue_number, body });
}

const goesOn =
  "a ceremony goes on after kill -9: at its call, at its councils and at its findings; nothing doubled, nothing lost";

test.skipIf(!thorough)(
  `${goesOn}${whyNotThorough}`,
  {
    timeout: 900_000,
  },
  async () => {
    let at = await start();
    const story = await readyStory(at);
    await say(at, story, "/ceremony");
    await kill(at);

    at = await start();
    await soon(async () =>
      expect(model.asked.filter((purpose) => purpose === "review").length).toBeGreaterThanOrEqual(3),
    );
    await soon(async () => expect((await reviews(at, story))[0]).toContain("Backlog review: `in-progress`"));
    await kill(at);

    silent = false;
    at = await start();
    await soon(async () => expect((await reviews(at, story))[0]).toContain("Backlog review: `reviewing`"));
    const [found] = await reviews(at, story);
    expect(found).toContain("| ready | needs changes | ready | **dissent** |");
    await say(at, story, "/ceremony approve\n/ceremony complete");
    await kill(at);

    at = await start();
    await soon(async () => expect((await reviews(at, story))[0]).toContain("Backlog review: `completed`"));
    expect(await reviews(at, story)).toHaveLength(1);
    const { data } = await at.rest.issues.listComments({
      owner: at.owner,
      repo: at.repo,
      issue_number: story,
      per_page: 100,
    });
    expect(data.filter(({ body }) => body?.includes("<sub>reason:"))).toEqual([]);
    expect(await at.fleet.end()).toBe(0);
  },
);
