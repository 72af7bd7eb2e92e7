import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { createInstallDependencies } from "../../../src/execution/infrastructure/install-dependencies.ts";
import { goModules } from "../../../src/execution/infrastructure/installers/go-modules.ts";
import type { Installer } from "../../../src/execution/infrastructure/installers/installer.ts";
import { createNodePackages } from "../../../src/execution/infrastructure/installers/node-packages.ts";
import { pythonPackages } from "../../../src/execution/infrastructure/installers/python-packages.ts";
import { removeDirectory } from "../../../src/execution/infrastructure/remove-directory.ts";

type Files = Readonly<Record<string, string>>;

const base = mkdtempSync(join(tmpdir(), "fleet-installers-"));
afterAll(() => removeDirectory(base));
const planned = (installer: Installer, files: Files) =>
  installer(
    async (name) => files[name] ?? null,
    async (folder) => {
      const below = Object.keys(files).filter((path) => path.startsWith(`${folder}/`));
      return [...new Set(below.map((path) => path.slice(folder.length + 1).split("/")[0] ?? ""))];
    },
  );
const has = (command: string) => spawnSync("sh", ["-c", command]).status === 0;
const absent = "a-package-that-nobody-has==1.0";

describe("Python requirements", () => {
  it.each([
    "git+https://example.org/x.git",
    "x @ https://example.org/x-1.0-py3-none-any.whl",
    "-e ./local",
    "./local",
    "--index-url https://evil.example.org/simple",
    "--extra-index-url=https://evil.example.org",
    "-r ../../etc/passwd",
    "-c constraints.txt",
    "x; --global-option=y @ z",
  ])("with the line %j are not installed", async (line) => {
    expect(await planned(pythonPackages, { "requirements.txt": `six\n${line}\n` })).toMatchObject({ kind: "refused" });
  });

  it.skipIf(!has("python3 --version"))("are installed as wheels, by their plain lines alone", async () => {
    const text = `# ours\n${absent} \\\n  --hash=sha256:${"0".repeat(64)}\nsix[extra]>=1,<2 ; python_version > "3"  # why\n`;
    const plan = await planned(pythonPackages, {
      "requirements.txt": text,
      "requirements-dev.txt": "-r requirements.txt\n",
    });
    expect(plan).toMatchObject({
      kind: "install",
      files: {
        "requirements.txt": `${absent}    --hash=sha256:${"0".repeat(64)}\nsix[extra]>=1,<2 ; python_version > "3"\n`,
      },
    });
    expect(plan.kind === "install" && plan.args("", "").join(" ")).toContain("--only-binary :all: --target packages");
  });

  it.skipIf(!has("python3 -m pip --version"))("that this Python has already are not installed again", async () => {
    expect(await planned(pythonPackages, { "requirements.txt": "pip>=1\n" })).toEqual({ kind: "nothing" });
    expect(await planned(pythonPackages, { "requirements.txt": "# nothing\n-e .[dev]\n.\n" })).toEqual({
      kind: "nothing",
    });
    expect(await planned(pythonPackages, {})).toEqual({ kind: "nothing" });
  });

  it.skipIf(!has("python3 -m pip --version"))("come from where pip finds them, once per text", async () => {
    const wheels = join(base, "wheels");
    makeWheel(wheels);
    const worktree = join(base, "python-tree");
    mkdirSync(join(worktree, "api"), { recursive: true });
    writeFileSync(join(worktree, "api/requirements.txt"), "fleet-seven==1.0\n");
    const saved = process.env["PIP_INDEX_URL"];
    process.env["PIP_INDEX_URL"] = `file://${wheels}/simple`;
    try {
      const install = createInstallDependencies({ root: join(base, "store") });
      const first = await install(worktree, undefined, { directory: "api", kind: "python" });
      expect(first).toMatchObject({ outcome: "installed", env: { PYTHONPATH: "src:/fleet/python-packages" } });
      const [mount] = first.outcome === "failed" ? [] : first.readOnly;
      expect(mount?.to).toBe("/fleet/python-packages");
      expect(existsSync(join(mount?.from ?? "", "fleet_seven.py"))).toBe(true);
      expect(await install(worktree, undefined, { directory: "api", kind: "python" })).toMatchObject({
        outcome: "cached",
      });
      writeFileSync(join(worktree, "api/requirements.txt"), "fleet-seven==2.0\n");
      const failed = await install(worktree, undefined, { directory: "api", kind: "python" });
      expect(failed).toMatchObject({ outcome: "failed", reason: expect.stringContaining("fleet-seven==2.0") });
    } finally {
      if (saved === undefined) delete process.env["PIP_INDEX_URL"];
      else process.env["PIP_INDEX_URL"] = saved;
    }
  });
});

describe.skipIf(!has("python3 -m pip --version"))("What a Python project declares beside its requirements", () => {
  const pyproject = (needs: string) =>
    `[project]\nname = "My-Shop"\nversion = "1.2"\ndependencies = ["pip", ${needs}]\n[project.scripts]\nshop = "shop:main"\n`;

  it("is installed by its plain lines, and so is its own name", async () => {
    const plan = await planned(pythonPackages, {
      "pyproject.toml": pyproject(`"${absent}", "x @ https://example.org/x-1.0-py3-none-any.whl"`),
      "requirements/tests.txt": "also-absent\n-r ../../etc/passwd\n",
      "uv.lock": '[[package]]\nname = "also-absent"\nversion = "3.0"\n',
    });
    const own = { "packages/My_Shop-1.2.dist-info/METADATA": "Metadata-Version: 2.1\nName: My-Shop\nVersion: 1.2\n" };
    expect(plan).toMatchObject({
      files: { "declared.txt": `also-absent\n${absent}\n`, "constraints.txt": "also-absent==3.0\n", ...own },
      otherwise: { kind: "install", files: own },
    });
  });

  it("is left away where it cannot be had, and is asked for again later", async () => {
    const wheels = join(base, "more-wheels");
    makeWheel(wheels);
    const worktree = join(base, "declaring-tree");
    mkdirSync(worktree, { recursive: true });
    vi.stubEnv("PIP_INDEX_URL", `file://${wheels}/simple`);
    try {
      const install = createInstallDependencies({ root: join(base, "declared-store") });
      const installed = async (needs: string) => {
        writeFileSync(join(worktree, "pyproject.toml"), pyproject(needs));
        const done = await install(worktree, undefined, { kind: "python" });
        return { ...done, files: done.outcome === "failed" ? [] : readdirSync(done.readOnly[0]?.from ?? "").sort() };
      };
      const own = "My_Shop-1.2.dist-info";
      expect(await installed('"fleet-seven==1.0"')).toMatchObject({
        outcome: "installed",
        files: expect.arrayContaining([own, "fleet_seven.py"]),
      });
      expect(await installed(`"fleet-seven==1.0", "${absent}"`)).toMatchObject({ outcome: "installed", files: [own] });
      // Without asking anybody.
      rmSync(wheels, { recursive: true });
      expect(await installed(`"fleet-seven==1.0", "${absent}"`)).toMatchObject({ outcome: "cached", files: [own] });
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

/** A wheel is a zip; Python itself packs one, in an index of files. */
function makeWheel(directory: string): void {
  const files: Files = {
    "simple/fleet-seven/fleet_seven.py": "seven = 7\n",
    "simple/fleet-seven/fleet_seven-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: fleet-seven\nVersion: 1.0\n",
    "simple/fleet-seven/fleet_seven-1.0.dist-info/WHEEL":
      "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "simple/fleet-seven/fleet_seven-1.0.dist-info/RECORD": "",
    "simple/fleet-seven/index.html": '<a href="fleet_seven-1.0-py3-none-any.whl">fleet_seven-1.0-py3-none-any.whl</a>',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  const names = ["fleet_seven.py", "fleet_seven-1.0.dist-info/"];
  const args = ["-m", "zipfile", "-c", "fleet_seven-1.0-py3-none-any.whl", ...names];
  const { status, stderr } = spawnSync("python3", args, {
    cwd: join(directory, "simple/fleet-seven"),
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
}

describe("Go modules", () => {
  it("are downloaded only where go.mod requires some and go.sum vouches for them", async () => {
    expect(await planned(goModules, { "go.mod": "module a\n" })).toEqual({ kind: "nothing" });
    expect(await planned(goModules, { "go.mod": "module a\n", "go.sum": "" })).toEqual({ kind: "nothing" });
    expect(await planned(goModules, { "go.mod": "module a\nrequire b v1.0.0\n" })).toEqual({ kind: "nothing" });
    const vendored = { "go.mod": "module a\nrequire b v1.0.0\n", "go.sum": "x", "vendor/modules.txt": "# b v1.0.0\n" };
    expect(await planned(goModules, vendored)).toEqual({ kind: "nothing" });
  });

  it.skipIf(!has("go version"))("come by the proxy alone, with the toolchain that is there", async () => {
    const plan = await planned(goModules, { "go.mod": "module a\n\nrequire b.org/b v1.0.0\n", "go.sum": "x" });
    if (plan.kind !== "install") throw new Error(plan.kind);
    expect(plan.env?.("/place")).toMatchObject({ GOVCS: "*:off", GOTOOLCHAIN: "local", GOMODCACHE: "/place/modules" });
    expect(plan.env?.("/place")["GOPROXY"]).not.toContain("direct");
  });
});

describe("Node packages", () => {
  const plan = createNodePackages(undefined);
  const needing = JSON.stringify({ devDependencies: { jest: "1" } });

  const sha = "sha512-6FlzubTLZG3J2a==";
  const pnpmLock = (resolution: string) =>
    `lockfileVersion: '9.0'\nimporters:\n  .:\n    devDependencies: {}\npackages:\n  ms@2.1.3:\n    resolution: {${resolution}}\n`;
  const classicLock = (resolved: string) =>
    `# yarn lockfile v1\n\n\nms@2.1.3:\n  version "2.1.3"\n  resolved "${resolved}"\n  integrity ${sha}\n`;
  const berryLock = (resolution: string) =>
    `__metadata:\n  version: 10\n\n"ms@npm:2.1.3":\n  version: 2.1.3\n  resolution: "${resolution}"\n  checksum: 10c0/d9\n`;
  const right: readonly (readonly [string, string, string, readonly string[]])[] = [
    ["pnpm", "pnpm-lock.yaml", pnpmLock(`integrity: ${sha}`), ["--ignore-scripts", "--ignore-pnpmfile"]],
    ["yarn", "yarn.lock", classicLock("https://registry.example.org/ms/-/ms-2.1.3.tgz#57"), ["--ignore-scripts"]],
    ["yarn", "yarn.lock", berryLock("ms@npm:2.1.3"), ["--immutable", "--mode=skip-build"]],
  ];

  it.each(right)(
    "locked by %s are installed by it (%s), without running anything",
    async (manager, name, lock, args) => {
      const path = process.env["PATH"];
      const bin = join(base, "bin");
      mkdirSync(bin, { recursive: true });
      writeFileSync(join(bin, manager), "#!/bin/sh\n", { mode: 0o755 });
      process.env["PATH"] = bin;
      try {
        const found = await planned(plan, { "package.json": needing, [name]: lock });
        if (found.kind !== "install") throw new Error(JSON.stringify(found));
        expect(found).toMatchObject({
          files: { "package.json": needing, [name]: lock },
          folders: [{ folder: "node_modules", to: "node_modules" }],
        });
        expect(found.program).toBe(join(bin, manager));
        expect(found.args("/place", "/scratch")).toEqual(expect.arrayContaining([...args]));
        expect(found.env?.("/place")).toMatchObject({ COREPACK_ENABLE_PROJECT_SPEC: "0" });
      } finally {
        process.env["PATH"] = path;
      }
    },
  );

  it.each(right)("locked by %s, which is not on PATH, are named (%s)", async (manager, name, lock) => {
    const path = process.env["PATH"];
    process.env["PATH"] = base;
    try {
      expect(await planned(plan, { "package.json": needing, [name]: lock })).toEqual({
        kind: "refused",
        reason: `Its dependencies are locked by ${manager} (${name}), which is not on PATH.`,
      });
    } finally {
      process.env["PATH"] = path;
    }
  });

  it.each([
    ["pnpm-lock.yaml", pnpmLock("tarball: https://evil.example.org/ms.tgz")],
    ["pnpm-lock.yaml", pnpmLock("commit: abc, repo: https://example.org/x.git, type: git")],
    ["pnpm-lock.yaml", pnpmLock(`integrity: ${sha}`).replace("  .:", "  .: {}\n  ../a:")],
    [
      "pnpm-lock.yaml",
      `${pnpmLock(`integrity: ${sha}`)}snapshots:\n  ms@2.1.3:\n    dependencies: {x: link:../../x}\n`,
    ],
    ["pnpm-lock.yaml", `${pnpmLock(`integrity: ${sha}`)}patchedDependencies: {ms: {path: a.patch}}\n`],
    ["pnpm-lock.yaml", pnpmLock(`integrity: ${sha}`).replace("{}", "{x: {specifier: x,\n version: link:../x}}")],
    ["pnpm-lock.yaml", "packages: [&a x, *a"],
    ["yarn.lock", classicLock("git+ssh://git@example.org/ms.git#57")],
    ["yarn.lock", classicLock("http://registry.example.org/ms.tgz")],
    ["yarn.lock", classicLock("https://registry.example.org/ms.tgz#57").replace(/ {2}integrity.*\n/, "")],
    ["yarn.lock", berryLock("ms@https://example.org/ms.git#commit=57")],
    ["yarn.lock", berryLock("ms@patch:ms@npm%3A2.1.3#./a.patch")],
    ["yarn.lock", berryLock("a@workspace:../a")],
    ["yarn.lock", "__metadata:\n - ["],
  ])("that %s leads elsewhere than to a registry are not installed: %s", async (name, lock) => {
    const found = await planned(plan, { "package.json": needing, [name]: lock });
    expect(found).toMatchObject({ kind: "refused" });
    expect(found.kind === "refused" && found.reason).not.toContain("PATH");
  });

  it("none are installed where none are named", async () => {
    const lock = { "pnpm-lock.yaml": pnpmLock(`integrity: ${sha}`) };
    expect(await planned(plan, { "package.json": "{}", ...lock })).toEqual({ kind: "nothing" });
  });

  const lockOf = { "pnpm-lock.yaml": pnpmLock(`integrity: ${sha}`), "yarn.lock": berryLock("ms@npm:2.1.3") };
  it.each(
    [
      "git+ssh://git@example.org/x.git",
      "user/repo",
      "file:../x",
      "link:x",
      "portal:x",
      "https://x.org/x.tgz",
      { url: "x" },
    ].flatMap((range) => Object.entries(lockOf).map(([name, lock]) => [range, name, lock] as const)),
  )("that package.json asks for as %j, whatever %s says, are not installed", async (range, name, lock) => {
    const asking = JSON.stringify({ dependencies: { ms: "2.1.3" }, devDependencies: { x: range } });
    expect(await planned(plan, { "package.json": asking, [name]: lock })).toEqual({
      kind: "refused",
      reason: "x does not come from a package registry.",
    });
  });

  it("without any lock file are looked up, where that can be done, and never from git", async () => {
    const found = await planned(plan, { "package.json": needing });
    if (found.kind !== "install") throw new Error(found.kind);
    expect(found).toMatchObject({ files: { "package.json": needing }, otherwise: { kind: "nothing" } });
    expect(found.args("/place", "/scratch")).toEqual(
      expect.arrayContaining(["install", "--ignore-scripts", "--git=/nonexistent/git", "--cache=/scratch/cache"]),
    );
  });

  it.each([
    "{",
    "{}",
    '{"devDependencies":{"x":"user/repo"}}',
    '{"devDependencies":{"x":"file:../x"}}',
    '{"dependencies":{"x":"1"},"overrides":{"y":"https://example.org/y.tgz"}}',
    '{"dependencies":{"x":"workspace:*"}}',
    '{"dependencies":{"x":"1"},"workspaces":["packages/*"]}',
  ])("without any lock file are nothing to install for %s", async (text) => {
    expect(await planned(plan, { "package.json": text })).toEqual({ kind: "nothing" });
  });
});
