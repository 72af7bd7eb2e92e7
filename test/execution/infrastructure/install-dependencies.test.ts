import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createInstallDependencies } from "../../../src/execution/infrastructure/install-dependencies.ts";
import { judgeLockFile } from "../../../src/execution/infrastructure/lock-file.ts";
import { removeDirectory } from "../../../src/execution/infrastructure/remove-directory.ts";

/** A registry that serves one package, whose install script would leave a trace. */
describe("createInstallDependencies", () => {
  let base = "";
  let worktree = "";
  let server: Server;
  let registry = "";
  let downloads = 0;
  let tarball: Buffer;

  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), "fleet-install-test-"));
    mkdirSync(join(base, "package"));
    writeFileSync(
      join(base, "package/package.json"),
      JSON.stringify({
        name: "seven",
        version: "1.0.0",
        main: "index.js",
        scripts: { postinstall: `touch ${base}/was-run` },
      }),
    );
    writeFileSync(join(base, "package/index.js"), "module.exports = 7;\n");
    execFileSync("tar", ["-czf", join(base, "seven.tgz"), "-C", base, "package"]);
    tarball = readFileSync(join(base, "seven.tgz"));
    server = createServer((request, response) => {
      downloads += 1;
      if (request.url === "/seven/-/seven-1.0.0.tgz") response.end(tarball);
      else response.writeHead(404).end("{}");
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const address = server.address();
    registry = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/`;
  });
  beforeEach(async () => {
    worktree = await mkdtemp(join(base, "worktree-"));
  });
  afterAll(async () => {
    server.close();
    await removeDirectory(base);
  });

  const packageText = () => {
    const scripts = Object.fromEntries(
      ["preinstall", "install", "postinstall", "prepare"].map((name) => [name, `touch ${base}/was-run`]),
    );
    return JSON.stringify({ name: "x", version: "1.0.0", scripts, dependencies: { seven: "1.0.0" } });
  };
  const lockText = (resolved: string) =>
    JSON.stringify({
      name: "x",
      version: "1.0.0",
      lockfileVersion: 3,
      packages: {
        "": { name: "x", version: "1.0.0", dependencies: { seven: "1.0.0" } },
        "node_modules/seven": {
          version: "1.0.0",
          resolved,
          integrity: `sha512-${createHash("sha512").update(tarball).digest("base64")}`,
          hasInstallScript: true,
        },
      },
    });
  async function project(resolved: string): Promise<void> {
    await writeFile(join(worktree, "package.json"), packageText());
    await writeFile(join(worktree, "package-lock.json"), lockText(resolved));
  }
  const installer = () => createInstallDependencies({ root: join(base, "store"), registry });

  it("installs once per lock file, without running a script of a package or of the project", async () => {
    await project(`${registry}seven/-/seven-1.0.0.tgz`);
    const install = installer();
    const results = await Promise.all([install(worktree), install(worktree)]);
    const [first] = results;
    expect(results.map(({ outcome }) => outcome)).toEqual(["installed", "installed"]);
    if (first === undefined || first.outcome === "failed") throw new Error("not installed");
    const [mount] = first.readOnly;
    expect(mount?.to).toBe("node_modules");
    expect(readFileSync(join(mount?.from ?? "", "seven/index.js"), "utf8")).toContain("7");
    expect(existsSync(join(base, "was-run"))).toBe(false);
    expect(existsSync(join(worktree, "node_modules"))).toBe(false);
    expect(readlinkSync(join(mount?.from ?? "", ".cache"))).toBe("/tmp/.node-cache");
    const before = downloads;
    expect(await installer()(worktree)).toMatchObject({ outcome: "cached", readOnly: first.readOnly });
    expect(downloads).toBe(before);
  });

  it("installs workspaces with their project, for the project and for each of them", async () => {
    const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
    const seven = {
      version: "1.0.0",
      resolved: `${registry}seven/-/seven-1.0.0.tgz`,
      integrity,
      hasInstallScript: true,
    };
    const a = { name: "a", version: "1.0.0", dependencies: { "@x/b": "1.0.0", seven: "1.0.0" } };
    const b = { name: "@x/b", version: "1.0.0", scripts: { postinstall: `touch ${base}/was-run` } };
    const root = { name: "x", version: "1.0.0", workspaces: ["packages/*"] };
    const packages = {
      "": root,
      "node_modules/@x/b": { resolved: "packages/b", link: true },
      "node_modules/a": { resolved: "packages/a", link: true },
      "packages/a": a,
      "packages/a/node_modules/seven": seven,
      "packages/b": { name: "@x/b", version: "1.0.0", hasInstallScript: true },
    };
    const lock = { name: "x", version: "1.0.0", lockfileVersion: 3, packages };
    await writeFile(join(worktree, "package-lock.json"), JSON.stringify(lock));
    await writeFile(join(worktree, "package.json"), JSON.stringify(root));
    expect(await installer()(worktree)).toMatchObject({
      outcome: "failed",
      reason: "The lock file has the workspace packages/a, which is not there.",
    });
    for (const [name, text] of Object.entries({ a, b })) {
      mkdirSync(join(worktree, "packages", name), { recursive: true });
      writeFileSync(join(worktree, "packages", name, "package.json"), JSON.stringify(text));
    }
    const installed = await installer()(worktree);
    if (installed.outcome !== "installed") throw new Error(JSON.stringify(installed));
    expect(installed.readOnly.map(({ to }) => to)).toEqual(["node_modules", "packages/a/node_modules"]);
    const [top, own] = installed.readOnly;
    expect(readlinkSync(join(top?.from ?? "", "@x/b"))).toBe("../../packages/b");
    expect(readFileSync(join(own?.from ?? "", "seven/index.js"), "utf8")).toContain("7");
    expect(existsSync(join(base, "was-run"))).toBe(false);
    const member = await installer()(worktree, undefined, { directory: "packages/b" });
    expect(member).toMatchObject({ outcome: "cached", readOnly: installed.readOnly });
    mkdirSync(join(worktree, "elsewhere"));
    writeFileSync(join(worktree, "elsewhere/package.json"), "{}");
    expect(await installer()(worktree, undefined, { directory: "elsewhere" })).toMatchObject({ outcome: "skipped" });
  });

  it("has nothing to do without a lock file or without packages", async () => {
    expect(await installer()(worktree)).toMatchObject({ outcome: "skipped", readOnly: [] });
    await writeFile(join(worktree, "package.json"), "{}");
    await writeFile(join(worktree, "package-lock.json"), '{"lockfileVersion":3,"packages":{"":{}}}');
    expect(await installer()(worktree)).toMatchObject({ outcome: "skipped" });
  });

  it("does not take what is not what the lock file has, and says so before anybody's patience is at its end", async () => {
    const lock = lockText(`${registry}seven/-/seven-1.0.0.tgz`).replace(/sha512-[^"]+/, `sha512-${"A".repeat(86)}==`);
    await writeFile(join(worktree, "package.json"), packageText());
    await writeFile(join(worktree, "package-lock.json"), lock);
    expect(await installer()(worktree)).toMatchObject({
      outcome: "failed",
      reason: expect.stringMatching(/integrity/),
    });
  });

  it("says why npm failed", async () => {
    await project(`${registry}seven/-/absent.tgz`);
    expect(await installer()(worktree)).toMatchObject({ outcome: "failed", reason: expect.stringMatching(/404/) });
  });

  it.each([
    ["another host", "http://169.254.169.254/latest/x.tgz"],
    ["a git address", "git+ssh://git@example.org/x.git#abc"],
    ["a file", "file:../x.tgz"],
  ])("refuses a package from %s", async (_, resolved) => {
    await project(resolved);
    expect(await installer()(worktree)).toMatchObject({
      outcome: "failed",
      reason: "node_modules/seven does not come from a package registry.",
    });
  });

  it.each([
    ["a broken package.json", "[", "{}", "package.json"],
    ["an old lock file", "{}", '{"lockfileVersion":1}', "version 2"],
    [
      "a workspace outside the repository",
      "{}",
      '{"lockfileVersion":3,"packages":{"../a":{"name":"a"},"node_modules/a":{"link":true,"resolved":"../a"}}}',
      "outside the repository: ../a",
    ],
    [
      "a link to a workspace by another name",
      "{}",
      '{"lockfileVersion":3,"packages":{"a":{"name":"a"},"node_modules/b":{"link":true,"resolved":"a"}}}',
      "node_modules/b does not come from a package registry",
    ],
    ["a link", "{}", '{"lockfileVersion":3,"packages":{"node_modules/a":{"link":true,"resolved":"a"}}}', "registry"],
    ["a package from nowhere", "{}", '{"lockfileVersion":3,"packages":{"node_modules/a":{}}}', "registry"],
  ])("refuses %s", (_, packages, lock, reason) => {
    expect(judgeLockFile(packages, lock, registry).refusal).toContain(reason);
  });

  it.each([
    ["another package's tarball", { resolved: "https://registry.example.org/evil/-/evil-1.0.0.tgz" }],
    ["one of the same name in a scope", { resolved: "https://registry.example.org/@evil/a/-/a-1.0.0.tgz" }],
    [
      "another name that nobody asked for",
      { name: "evil", resolved: "https://registry.example.org/evil/-/evil-1.0.0.tgz" },
    ],
    ["another name without an address", { name: "evil", integrity: "sha512-x" }],
  ])("refuses a name that is locked to %s", (_, entry) => {
    const packages = { "node_modules/b/node_modules/a": { version: "1.0.0", ...entry } };
    expect(judgeLockFile("{}", JSON.stringify({ lockfileVersion: 3, packages }), undefined).refusal).toMatch(
      /^node_modules\/b\/node_modules\/a is locked to another package: /,
    );
  });

  it.each([
    ["an alias", "a", { name: "@s/real", resolved: "https://registry.example.org/@s/real/-/real-1.0.0.tgz" }],
    ["a scope", "@s/a", { resolved: "https://registry.example.org/@s%2fa/-/a-1.0.0.tgz" }],
    ["a registry below a path", "a", { resolved: "https://packages.example.org/npm/public/a/-/a-1.0.0.tgz" }],
    ["a registry that says download", "@s/a", { resolved: "https://packages.example.org/download/@s/a/1.0.0/0a1b" }],
  ])("takes %s", (_, name, entry) => {
    const packages = { [`node_modules/${name}`]: { version: "1.0.0", integrity: "sha512-x", ...entry } };
    const project = JSON.stringify({ dependencies: { a: "npm:@s/real@^1.0.0" } });
    expect(judgeLockFile(project, JSON.stringify({ lockfileVersion: 3, packages }), undefined).refusal).toBeNull();
  });

  it("takes a package without an address by its version and integrity, and any https address for npm to replace", () => {
    const locked = (entry: object) => JSON.stringify({ lockfileVersion: 3, packages: { "node_modules/a": entry } });
    const entries = [
      { version: "1.0.0", integrity: "sha512-x" },
      { version: "1.0.0", resolved: "https://packages.example.org/a/-/a-1.0.0.tgz" },
    ];
    for (const entry of entries) expect(judgeLockFile("{}", locked(entry), undefined).refusal).toBeNull();
    expect(judgeLockFile("{}", locked({ version: "1.0.0" }), undefined).refusal).toContain("registry");
  });
});
