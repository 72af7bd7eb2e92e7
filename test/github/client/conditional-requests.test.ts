import { ProbotOctokit } from "probot";
import { describe, expect, test } from "vitest";
import { createConditionalCache, makeReadsConditional } from "../../../src/github/client/conditional-requests.ts";

/** A GitHub whose only content is `version`; it answers 304 to the ETag of the current one. */
function start() {
  const state = { version: 1, answers: [] as number[] };
  const fetch = async (_: string | URL, init?: { headers?: Record<string, string> }) => {
    const etag = `"v${state.version}"`;
    const status = init?.headers?.["if-none-match"] === etag ? 304 : 200;
    state.answers.push(status);
    return status === 304
      ? new Response(null, { status })
      : Response.json({ version: state.version }, { headers: { etag } });
  };
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const octokit = new ProbotOctokit({
    request: { fetch },
    retry: { enabled: false },
    throttle: { enabled: false },
    log,
  });
  makeReadsConditional(octokit, createConditionalCache());
  return { state, octokit };
}

const shop = { owner: "acme", repo: "shop" };

describe("conditional reads", () => {
  test("answer from the cache while nothing changed, and see a change", async () => {
    const { state, octokit } = start();
    const read = async () => (await octokit.request("GET /repos/{owner}/{repo}", shop)).data;
    expect(await read()).toEqual({ version: 1 });
    expect(await read()).toEqual({ version: 1 });
    state.version = 2;
    expect(await read()).toEqual({ version: 2 });
    expect(state.answers).toEqual([200, 304, 200]);
  });

  test("keep pages and repositories apart, and leave everything but repositories alone", async () => {
    const { state, octokit } = start();
    await octokit.request("GET /repos/{owner}/{repo}/labels", { ...shop, page: 1 });
    await octokit.request("GET /repos/{owner}/{repo}/labels", { ...shop, page: 2 });
    await octokit.request("GET /repos/{owner}/{repo}/labels", { owner: "acme", repo: "other", page: 1 });
    await octokit.request("GET /user");
    await octokit.request("GET /user");
    await octokit.request("POST /repos/{owner}/{repo}/issues", { ...shop, title: "x" });
    expect(state.answers).toEqual([200, 200, 200, 200, 200, 200]);
  });
});
