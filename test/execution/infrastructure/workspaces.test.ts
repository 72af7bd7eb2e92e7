import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createInstallDependencies } from "../../../src/execution/infrastructure/install-dependencies.ts";
import { removeDirectory } from "../../../src/execution/infrastructure/remove-directory.ts";

const has = (command: string) => spawnSync("sh", ["-c", command]).status === 0;
const base = mkdtempSync(join(tmpdir(), "fleet-workspaces-"));
let server: Server;
let registry = "";
let integrity = "";

/** A registry that serves one package, whose install script would leave a trace. */
beforeAll(async () => {
  const scripts = { postinstall: `touch ${base}/was-run` };
  write(join(base, "package"), {
    "package.json": { name: "seven", version: "1.0.0", main: "index.js", scripts },
    "index.js": "module.exports = 7;\n",
  });
  execFileSync("tar", ["-czf", join(base, "seven.tgz"), "-C", base, "package"]);
  const tarball = readFileSync(join(base, "seven.tgz"));
  integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
  server = createServer((request, response) => {
    if (request.url?.split("?")[0] === "/seven/-/seven-1.0.0.tgz") response.end(tarball);
    else response.writeHead(404).end("{}");
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  registry = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/`;
});
afterAll(async () => {
  server.close();
  await removeDirectory(base);
});

type Files = Readonly<Record<string, unknown>>;

function write(directory: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), typeof content === "string" ? content : JSON.stringify(content));
  }
}

function worktreeOf(files: Files): string {
  const directory = mkdtempSync(join(base, "worktree-"));
  write(directory, files);
  return directory;
}

const trap = { preinstall: `touch ${base}/was-run`, postinstall: `touch ${base}/was-run`, prepare: "false" };

/** Two workspaces, one of which needs the other and a package. */
function workspaces(protocol: string): Files {
  const own = { version: "1.0.0", scripts: trap };
  return {
    "package.json": { name: "x", private: true, ...own, workspaces: ["packages/*"] },
    "packages/a/package.json": { name: "@x/a", ...own, dependencies: { seven: "1.0.0" } },
    "packages/a/index.js": 'module.exports = require("seven") + 1;\n',
    "packages/b/package.json": { name: "b", ...own, dependencies: { "@x/a": protocol } },
    "packages/b/index.js": 'console.log(require("@x/a"));\n',
    "packages/notes/README.md": "no workspace\n",
  };
}

const pnpmLock = () =>
  `lockfileVersion: '9.0'
settings: {autoInstallPeers: true, excludeLinksFromLockfile: false}
importers:
  .: {}
  packages/a: {dependencies: {seven: {specifier: 1.0.0, version: 1.0.0}}}
  packages/b: {dependencies: {'@x/a': {specifier: 'workspace:*', version: link:../a}}}
packages:
  seven@1.0.0: {resolution: {integrity: ${integrity}}}
snapshots:
  seven@1.0.0: {}
`;
const classicLock = () =>
  `# yarn lockfile v1\n\n\nseven@1.0.0:\n  version "1.0.0"\n  resolved "https://registry.yarnpkg.com/seven/-/seven-1.0.0.tgz"\n  integrity ${integrity}\n`;
const berryLock = (path: string) =>
  `__metadata:\n  version: 8\n\n"@x/a@workspace:*, @x/a@workspace:${path}":\n  version: 0.0.0-use.local\n  resolution: "@x/a@workspace:${path}"\n  dependencies:\n    seven: "npm:1.0.0"\n\n"seven@npm:1.0.0":\n  version: 1.0.0\n  resolution: "seven@npm:1.0.0"\n\n"x@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "x@workspace:."\n`;

const install = (worktree: string, directory = "") =>
  createInstallDependencies({ root: join(base, "store"), registry })(worktree, undefined, { directory, kind: "node" });

/** What a workspace prints where the sandbox would show it its packages: here they are linked. */
async function printed(worktree: string): Promise<string> {
  const installed = await install(worktree);
  if (installed.outcome === "failed") throw new Error(installed.reason);
  expect(await install(worktree, "packages/b")).toMatchObject({ outcome: "cached", readOnly: installed.readOnly });
  for (const { from, to } of installed.readOnly) execFileSync("cp", ["-a", from, join(worktree, to)]);
  expect(existsSync(join(base, "was-run")), "no script is run").toBe(false);
  expect(realpathSync(join(worktree, "packages/b/index.js"))).toContain(worktree);
  return execFileSync("node", ["index.js"], { cwd: join(worktree, "packages/b"), encoding: "utf8" }).trim();
}

describe("workspaces of other package managers, really installed", () => {
  it.skipIf(!has("pnpm --version"))(
    "pnpm's (needs pnpm)",
    async () => {
      const settings =
        "packages: ['packages/*']\nconfigDependencies: {seven: 1.0.0+x}\nonlyBuiltDependencies: [seven]\n";
      const files = { ...workspaces("workspace:*"), "pnpm-lock.yaml": pnpmLock(), "pnpm-workspace.yaml": settings };
      expect(await printed(worktreeOf(files))).toBe("8");
    },
    60_000,
  );

  it.skipIf(!has("yarn --version | grep ^1"))(
    "yarn's (needs yarn 1)",
    async () => {
      expect(await printed(worktreeOf({ ...workspaces("1.0.0"), "yarn.lock": classicLock() }))).toBe("8");
    },
    60_000,
  );
});

describe("workspaces of other package managers", () => {
  it("are known by the lock file, and one that is not there is named", async () => {
    for (const [name, lock] of [
      ["pnpm-lock.yaml", pnpmLock()],
      ["yarn.lock", berryLock("packages/a")],
    ] as const) {
      const { "packages/a/package.json": _gone, ...files } = workspaces("workspace:*");
      expect(await install(worktreeOf({ ...files, [name]: lock }))).toMatchObject({
        outcome: "failed",
        reason: "The lock file has the workspace packages/a, which is not there.",
      });
    }
  });

  it.each([
    ["pnpm-lock.yaml", () => pnpmLock().replace("packages/b:", "../b:")],
    ["yarn.lock", () => berryLock("../a")],
  ])("outside of the repository are not installed: %s", async (name, lock) => {
    expect(await install(worktreeOf({ ...workspaces("workspace:*"), [name]: lock() }))).toMatchObject({
      outcome: "failed",
      reason: expect.stringContaining("a workspace outside the repository: ../"),
    });
  });

  it("that a link leads to elsewhere are not installed", async () => {
    const files = {
      ...workspaces("workspace:*"),
      "pnpm-lock.yaml": pnpmLock().replace("link:../a", "link:../../../a"),
    };
    expect(await install(worktreeOf(files))).toMatchObject({
      outcome: "failed",
      reason: "A dependency of a directory is not installed.",
    });
    const linked = worktreeOf({ ...workspaces("1.0.0"), "yarn.lock": classicLock() });
    await removeDirectory(join(linked, "packages"));
    symlinkSync(dirname(worktreeOf({ "package.json": {} })), join(linked, "packages"));
    expect(await install(linked)).toMatchObject({ outcome: "skipped" });
  });

  it.each([
    [["packages/**"], "Workspaces like"],
    [["../*"], "Workspaces like"],
    [["!packages/b"], "Workspaces like"],
  ])("that package.json means by %j are not installed", async (patterns, reason) => {
    const files = { ...workspaces("1.0.0"), "yarn.lock": classicLock() };
    const root = { name: "x", private: true, workspaces: { packages: patterns } };
    expect(await install(worktreeOf({ ...files, "package.json": root }))).toMatchObject({
      outcome: "failed",
      reason: expect.stringContaining(reason),
    });
  });

  it.each(["git+ssh://git@example.org/a.git", "file:../..", "owner/a"])(
    "one of which asks for %s are not installed",
    async (range) => {
      const a = { name: "@x/a", version: "1.0.0", dependencies: { y: range } };
      const files = { ...workspaces("1.0.0"), "packages/a/package.json": a, "yarn.lock": classicLock() };
      expect(await install(worktreeOf(files))).toMatchObject({
        outcome: "failed",
        reason: "y does not come from a package registry.",
      });
    },
  );

  it("a package.json of which cannot be read are not installed", async () => {
    const files = { ...workspaces("1.0.0"), "packages/a/package.json": "{,", "yarn.lock": classicLock() };
    expect(await install(worktreeOf(files))).toMatchObject({ reason: "A package.json cannot be read." });
  });
});
