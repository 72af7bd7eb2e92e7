import { Octokit } from "@octokit/rest";
import { describe, expect, it } from "vitest";
import type { RequestBudget } from "../../../src/github/budget/request-budget.ts";
import { keepWithinBudget } from "../../../src/github/client/keep-within-budget.ts";

type Answer = { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly text?: string };

/** A client on which requests are answered one after another, and what its budget was told. */
function client(answers: readonly Answer[]) {
  const spent: string[] = [];
  const blocked: number[] = [];
  let asked = 0;
  const budget: RequestBudget = {
    async spend(installation, cost, urgency) {
      spent.push(`${installation} ${cost.writes ? "write" : "read"} ${urgency}`);
    },
    async block(_, ms) {
      blocked.push(ms);
    },
  };
  const octokit = new Octokit({
    log: { debug() {}, info() {}, warn() {}, error() {} },
    request: {
      fetch: async () => {
        const { status, headers = {}, text = "" } = answers[asked] ?? { status: 500 };
        asked += 1;
        return new Response(JSON.stringify({ message: text }), {
          status,
          headers: { "content-type": "application/json", ...headers },
        });
      },
    },
  });
  keepWithinBudget(octokit, 7, budget, () => Date.parse("2026-03-01T12:00:00Z"));
  const ask = () => octokit.request("GET /repos/{owner}/{repo}", { owner: "acme", repo: "shop" });
  return { octokit, ask, spent, blocked, asked: () => asked };
}

const tooMuch = (seconds: number): Answer => ({ status: 403, headers: { "retry-after": String(seconds) } });

describe("requests within the budget", () => {
  it("spend of it before they go, by what they are", async () => {
    const { octokit, ask, spent } = client([{ status: 200 }, { status: 201 }]);
    await ask();
    await octokit.request("POST /repos/{owner}/{repo}/check-runs", {
      owner: "acme",
      repo: "shop",
      name: "fleet/gate",
      head_sha: "0".repeat(40),
    });
    expect(spent).toEqual(["7 read status", "7 write check"]);
  });

  it("leave GitHub alone for as long as it says, a minute at least, and twice as long each time in a row", async () => {
    const { ask, blocked } = client([tooMuch(5), tooMuch(5), tooMuch(500), { status: 200 }, tooMuch(5)]);
    for (let n = 0; n < 3; n += 1) await expect(ask()).rejects.toMatchObject({ status: 403 });
    expect(blocked).toEqual([60_000, 120_000, 500_000]);
    await ask();
    await expect(ask()).rejects.toMatchObject({ status: 403 });
    expect(blocked.at(-1)).toBe(60_000);
  });

  it("stop before the hour's requests are used up, for as long as the hour lasts", async () => {
    const reset = Date.parse("2026-03-01T12:20:00Z") / 1000;
    const left = (remaining: number, limit = 5_000): Answer => ({
      status: 200,
      headers: {
        "x-ratelimit-limit": String(limit),
        "x-ratelimit-remaining": String(remaining),
        "x-ratelimit-reset": String(reset),
      },
    });
    const search = { ...left(1, 30), headers: { ...left(1, 30).headers, "x-ratelimit-resource": "search" } };
    const { ask, blocked } = client([left(101), left(2, 60), { status: 200 }, search, left(100)]);
    for (let n = 0; n < 4; n += 1) await ask();
    expect(blocked).toEqual([]);
    await ask();
    expect(blocked).toEqual([20 * 60_000]);
  });

  it("never ask for more than a quarter of an hour of quiet by themselves", async () => {
    const { ask, blocked } = client(Array.from({ length: 12 }, () => tooMuch(1)));
    for (let n = 0; n < 12; n += 1) await expect(ask()).rejects.toMatchObject({ status: 403 });
    expect(Math.max(...blocked)).toBe(15 * 60_000);
  });

  it.each([
    [{ status: 429 }, true],
    [{ status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1" } }, true],
    [{ status: 403, text: "You have exceeded a secondary rate limit" }, true],
    [{ status: 403, text: "Resource not accessible by integration" }, false],
    [{ status: 500 }, false],
  ] satisfies readonly (readonly [Answer, boolean])[])("take %j for a limit: %s", async (answer, isLimit) => {
    const { ask, blocked } = client([answer]);
    await expect(ask()).rejects.toMatchObject({ status: answer.status });
    expect(blocked).toHaveLength(isLimit ? 1 : 0);
  });
});
