import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runContext } from "../../src/cli/context.ts";
import { ConfigurationError } from "../../src/kernel/errors.ts";
import { committed } from "../context/committed-repository.ts";

const root = mkdtempSync(join(tmpdir(), "fleet-context-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const token = ["ghp", "abcdefghijklmnopqrstuvwxyz0123456789"].join("_");
const repo = join(root, "shop");
mkdirSync(repo);
committed(repo, {
  "shop/cart.py": `from .money import round_cents\n\nKEY = "${token}"\n\ndef total(lines):\n    return round_cents(sum(lines))\n`,
  "shop/money.py": "def round_cents(n):\n    return round(n, 2)\n",
  "shop/__init__.py": "",
  "tests/test_cart.py": "from shop.cart import total\n\ndef test_total():\n    assert total([1]) == 1\n",
  "node_modules/x/index.js": "module.exports = 1;\n",
});

const options = { repo, text: "round_cents in the cart's total", role: "developer", phase: "build", budget: "2000" };

async function run(more: Partial<typeof options & { json: boolean }> = {}): Promise<string> {
  const printed: string[] = [];
  await runContext({ json: false, ...options, ...more }, (text) => printed.push(text));
  return printed.join("");
}

describe("fleet context", () => {
  it("says what the text names that was not read, and which role is given no code", async () => {
    const shown = await run({ text: "see node_modules/x/index.js" });
    expect(shown).toContain("Not read, and named:\n  node_modules/x/index.js: somebody else's code");
    expect(await run()).not.toContain("Not read, and named");
    expect(await run({ role: "architect" })).toContain("An agent as architect is given no code in build.");
  });

  it("shows people the context, what it is made of and what is not in it", async () => {
    const shown = await run();
    expect(shown).toContain("shop/money.py:1-2\n```py\ndef round_cents(n):");
    expect(shown).toContain("tests/test_cart.py:3-4\n```py\ndef test_total():");
    expect(shown).toMatch(/\d+ of 2000 tokens \(1800 at most/);
    expect(shown).toContain("1 vendored (somebody else's code, kept in the repository)");
    expect(shown).toContain("decisions: kept in the fleet's graph");
  });

  it("gives programs all of it, the same bytes each time", async () => {
    const json = await run({ json: true });
    expect(await run({ json: true })).toBe(json);
    const answer = JSON.parse(json);
    expect(answer).toMatchObject({
      role: "developer",
      phase: "build",
      commit: expect.stringMatching(/^[0-9a-f]{40}$/),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      budget: { tokens: 2_000, limit: 1_800 },
      tokenizer: { encoding: "cl100k", margin: 0.1 },
      index: { files: 4, tests: 1, leftOut: [{ path: "node_modules/x/index.js", reason: "vendored" }] },
    });
    expect(answer.tokens).toBeLessThanOrEqual(1_800);
    const pieces = answer.blocks.flatMap(({ pieces }: { pieces: { path: unknown }[] }) => pieces);
    for (const piece of pieces.filter(({ path }: { path: unknown }) => path !== null))
      expect(piece).toMatchObject({ commit: answer.commit, why: expect.any(Array) });
  });

  it("lets no secret out of the code or the text", async () => {
    const text = `The KEY of shop/cart.py, ${token}, is old`;
    for (const json of [false, true]) {
      const shown = await run({ text, json });
      expect(shown).toContain("[redacted: github");
      expect(shown).not.toContain(token);
    }
  });

  it.each([
    [{ role: "dev" }, "--role=dev is unknown: must be architect, developer, data, devops or qa; for example --role"],
    [{ role: "product-owner" }, "--role=product-owner is unknown"],
    [{ phase: "deploy" }, "--phase=deploy is unknown: must be design, build, test or doc; for example --phase build"],
    [{ budget: "many" }, "--budget=many is no budget: must be a whole number of tokens from 1 to 9007199254740991"],
    [{ budget: "-5" }, "--budget=-5 is no budget"],
    [{ budget: "0" }, "--budget=0 is no budget"],
    [{ budget: "1e3" }, "--budget=1e3 is no budget"],
    [{ budget: "99999999999999999999" }, "--budget=99999999999999999999 is no budget"],
    [{ budget: "7" }, "--budget=7 is too small: its header alone needs a budget of"],
    [{ text: "  \n" }, "--text is empty"],
    [{ repo: root }, "is in no git repository"],
  ])("%j: %s", async (wrong, message) => {
    const failure = await run(wrong).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(String(failure)).toContain(message);
  });

  it("reads no file for who is given no code", async () => {
    const { blocks, redacted } = JSON.parse(await run({ role: "qa", json: true }));
    expect(blocks.map(({ name }: { name: string }) => name)).toEqual(["case", "milestones"]);
    expect(redacted).toEqual([]);
    expect(JSON.parse(await run({ json: true })).redacted).not.toEqual([]);
  });

  it("takes a huge budget, and fills no more of it than there is to say", async () => {
    const { tokens } = JSON.parse(await run({ budget: "9007199254740991", json: true }));
    expect(tokens).toBeLessThan(1_000);
  });
});

it("ends with exit code 78 and one message for a wrong option, without a stack", () => {
  const fleet = new URL("../../dist/src/cli/fleet.js", import.meta.url).pathname;
  const call = (...more: string[]) =>
    spawnSync(process.execPath, [fleet, "context", "--text", "x", ...more], { encoding: "utf8" });
  expect(call("--repo", root)).toMatchObject({ status: 78, stdout: "", stderr: expect.stringContaining("git init") });
  expect(call("--repo", repo, "--role", "dev").stderr).toMatch(/^--role=dev is unknown: [^\n]+\n$/);
  expect(call("--repo", repo)).toMatchObject({ status: 0, stderr: "" });
});
