import { ProbotOctokit } from "probot";
import { describe, expect, test } from "vitest";
import { createAppIdentity, isBotOf, isOwn } from "../../../src/github/client/app-identity.ts";

const quiet = {
  retry: { enabled: false },
  throttle: { enabled: false },
  log: { debug() {}, info() {}, warn() {}, error() {} },
};

function client(answers: Record<string, { status: number; body: unknown }>, asked: string[] = []) {
  const fetch = async (input: string | URL) => {
    const { pathname } = new URL(input);
    asked.push(decodeURIComponent(pathname));
    const answer = answers[decodeURIComponent(pathname)] ?? { status: 500, body: {} };
    return Response.json(answer.body, { status: answer.status });
  };
  return new ProbotOctokit({ ...quiet, request: { fetch } });
}

const app = { status: 200, body: { id: 42, slug: "fleet" } };

describe("the App's identity", () => {
  test("is looked up once", async () => {
    const asked: string[] = [];
    const octokit = client({ "/app": app, "/users/fleet[bot]": { status: 200, body: { id: 99 } } }, asked);
    const identityOf = createAppIdentity({
      appId: 42,
      appOctokit: async () => octokit,
      octokitFor: async () => octokit,
    });
    expect(await identityOf(1)).toEqual({ appId: 42, slug: "fleet", botId: 99 });
    await identityOf(2);
    expect(asked).toEqual(["/app", "/users/fleet[bot]"]);
  });

  test("does without the bot's id where GitHub does not tell it, and is asked again after a fault", async () => {
    const answers: Record<string, { status: number; body: unknown }> = {
      "/app": { status: 502, body: {} },
      "/users/fleet[bot]": { status: 404, body: {} },
    };
    const octokit = client(answers);
    const identityOf = createAppIdentity({
      appId: 42,
      appOctokit: async () => octokit,
      octokitFor: async () => octokit,
    });
    await expect(identityOf(1)).rejects.toThrow();
    answers["/app"] = app;
    expect(await identityOf(1)).toEqual({ appId: 42, slug: "fleet", botId: null });
  });

  test.each([404, 403, 501])("is what was configured where the server describes no App (%i)", async (status) => {
    const octokit = client({ "/app": { status, body: {} } });
    const identityOf = createAppIdentity({
      appId: 42,
      appOctokit: async () => octokit,
      octokitFor: async () => octokit,
    });
    const known = await identityOf(1);
    expect(known).toEqual({ appId: 42, slug: "", botId: null });
    expect(isBotOf(known, { id: 5, login: "x[bot]", type: "Bot" })).toBe(true);
    expect(isBotOf(known, { id: 5, login: "[bot]", type: "User" })).toBe(false);
  });
});

describe("what the App made", () => {
  const known = { appId: 42, slug: "fleet", botId: 99 };

  test.each([
    [{ performed_via_github_app: { id: 42 }, user: { id: 1 } }, true],
    [{ performed_via_github_app: { id: 7 }, user: { id: 99 } }, false],
    [{ performed_via_github_app: null, user: { id: 99 } }, true],
    [{ user: { id: 1, login: "fleet[bot]" } }, false],
    [{ user: null }, false],
  ])("%j: %s", (thing, own) => {
    expect(isOwn(thing, known)).toBe(own);
  });

  test("is told by the login only where the bot's id is unknown", () => {
    expect(isBotOf({ ...known, botId: null }, { id: 1, login: "fleet[bot]" })).toBe(true);
    expect(isBotOf({ ...known, botId: null }, { id: 1, login: "fleet" })).toBe(false);
    expect(isBotOf(known, { id: 1, login: "fleet[bot]" })).toBe(false);
  });
});
