import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lookAround } from "../../../src/deliberation/application/agent/look-around.ts";
import type { Workspace } from "../../../src/deliberation/application/ports.ts";
import { isAcceptancePath } from "../../../src/deliberation/domain/acceptance-path.ts";
import { readDecision } from "../../../src/deliberation/domain/agent/decision.ts";
import { createWorktrees } from "../../../src/execution/infrastructure/worktrees.ts";
import { createCouncilWorkspaces } from "../../../src/wiring/council-workspaces.ts";
import { sampleRepository } from "../../execution/infrastructure/sample-repository.ts";
import { realPrompting } from "../council-of.ts";

const prompting = await realPrompting();

const keyLine = "MIIEowIBAAKCAQEAtG7xQ2mB9vK4sR8p";

let root = "";
let repository: ReturnType<typeof sampleRepository>;
let workspace: Workspace;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "look-"));
  const many = Object.fromEntries(Array.from({ length: 160 }, (_, at) => [`many/deep/f${at}.txt`, "many\n"]));
  repository = sampleRepository({
    ...many,
    "src/cart.js":
      "export class Cart {\r\n  total() {\r\n    return 1;\r\n  }\r\n}\r\nexport const tax = (x) => x;\r\n",
    "src/long.txt": Array.from({ length: 900 }, (_, at) => `line ${at + 1} with some words in it\n`).join(""),
    "src/wide.txt": `${"x".repeat(20_000)}\n`,
    "src/empty.txt": "",
    "src/settings.yaml": `first: 1\npassword: |\n  hunter2-hunter2\nkey: |\n  ${["-----BEGIN", "PRIVATE", "KEY-----"].join(" ")}\n  ${keyLine}\n  ${["-----END", "PRIVATE", "KEY-----"].join(" ")}\nlast: hunter\n`,
    "src/bytes.bin": "a\u0000b",
    "test/story-3-criterion-1.test.js": "the answer\n",
    passwd: "-> /etc/passwd",
    etc: "-> /etc",
  });
  const worktrees = createWorktrees({ root: join(root, "worktrees"), logger: pino({ level: "silent" }) });
  workspace = await createCouncilWorkspaces(worktrees).open({
    mirror: repository.mirror,
    sha: repository.sha,
    id: "look",
  });
});

afterAll(async () => {
  await workspace.close();
  await rm(root, { recursive: true, force: true });
  await rm(repository.base, { recursive: true, force: true });
});

async function look(action: "list" | "read" | "search" | "outline", more: object) {
  const empty = { why: "", path: null, from: null, to: null, text: null };
  const decision = readDecision({ ...empty, action, ...more });
  if ("problem" in decision) throw new Error(decision.problem);
  if (decision.action !== action) throw new Error(decision.action);
  return lookAround({ workspace, hides: isAcceptancePath, prompting }, decision, new AbortController().signal);
}

describe("lookAround", () => {
  it("shows no line of a secret that only the lines around it tell", async () => {
    const found = await look("search", { text: "hunter|MIIE", path: "src" });
    expect(found.text).toBe(
      "src/settings.yaml:3: [redacted: password]\nsrc/settings.yaml:6: \nsrc/settings.yaml:8: last: hunter",
    );
    const { text } = await look("search", { text: keyLine });
    expect(text).toBe("src/settings.yaml:6: ");
  });

  it.each([
    ["list", {}, true, "etc\nmany/ (160 files)\npasswd\nsrc/ (6 files)"],
    [
      "list",
      { path: "src" },
      true,
      "src/bytes.bin\nsrc/cart.js\nsrc/empty.txt\nsrc/long.txt\nsrc/settings.yaml\nsrc/wide.txt",
    ],
    ["list", { path: "none" }, false, "There are no files below none."],
    ["read", { path: "src/cart.js", from: 2, to: 3 }, true, "src/cart.js, lines 2–3 of 6:\n  total() {\n    return 1;"],
    ["read", { path: "src/empty.txt" }, true, "src/empty.txt is empty."],
    ["read", { path: "src/cart.js", from: 9 }, false, "src/cart.js has 6 lines only."],
    ["read", { path: "cart.js" }, false, "cart.js: There is no such file. There is src/cart.js."],
    ["read", { path: "src/bytes.bin" }, false, "src/bytes.bin: It is a binary file."],
    ["read", { path: "passwd" }, false, "passwd: passwd is a symbolic link."],
    ["read", { path: "etc/passwd" }, false, "etc/passwd: etc is a symbolic link."],
    ["read", { path: "test/story-3-criterion-1.test.js" }, false, "The council's own tests are not shown."],
    ["search", { text: "return" }, true, "src/cart.js:3: return 1;"],
    ["search", { text: "nothing|tax =" }, true, "src/cart.js:6: export const tax = (x) => x;"],
    ["search", { text: "the answer" }, false, 'No line holds "the answer".'],
    ["search", { text: "root", path: "etc" }, false, "etc is a symbolic link."],
    [
      "outline",
      { path: "src/cart.js" },
      true,
      "1–5 Cart: export class Cart {\n2–4 Cart.total: total() {\n6–6 tax: export const tax = (x) => x;",
    ],
    ["outline", { path: "src/long.txt" }, false, "There is no outline of src/long.txt: read it."],
    ["outline", { path: "etc" }, false, "etc: etc is a symbolic link."],
  ] as const)("%s %j", async (action, more, found, text) => {
    expect(await look(action, more)).toEqual({ found, text });
  });

  it("shows of what is long as much as helps, and says how much there is", async () => {
    const long = await look("read", { path: "src/long.txt" });
    expect(long.text).toMatch(/^src\/long\.txt, lines 1–2\d\d of 900:\nline 1 with/);
    expect(long.text.length).toBeLessThan(8_100);
    expect((await look("read", { path: "src/wide.txt" })).text).toHaveLength(
      8_000 + "src/wide.txt, lines 1–1 of 1:\n".length,
    );
    const many = await look("search", { text: "many" });
    expect(many.text.split("\n")).toHaveLength(61);
    expect(many.text).toMatch(/more lines: narrow it by "path"/);
  });
});
