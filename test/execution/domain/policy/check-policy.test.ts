import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FileChange } from "../../../../src/execution/domain/file-change.ts";
import { checkPolicy, isSizeFinding } from "../../../../src/execution/domain/policy/check-policy.ts";
import { mayCall } from "../../../../src/execution/domain/policy/may-call.ts";
import { mayWrite } from "../../../../src/execution/domain/policy/may-write.ts";
import { pathProblem } from "../../../../src/execution/domain/policy/path-problem.ts";
import { mayUseGit, toolPolicy } from "../../../../src/execution/domain/policy/tool-policy.ts";
import { roles } from "../../../../src/kernel/roles.ts";

function change(path: string, more: Partial<FileChange> = {}): FileChange {
  return { path, change: "modified", mode: "100644", content: "", size: 10, added: 1, deleted: 1, ...more };
}

function rules(changes: readonly FileChange[], more: Partial<Parameters<typeof checkPolicy>[0]> = {}): string[] {
  return checkPolicy({ role: "developer", changes, secrets: [], ...more }).map(({ rule }) => rule);
}

/** DOMAIN.md §4: who may write what. */
const writers: Record<string, readonly string[]> = {
  "src/x.js": ["developer"],
  "README.md": ["developer"],
  "test/x.js": ["developer", "qa"],
  "src/deep/x.test.ts": ["developer", "qa"],
  "tests/test_x.py": ["developer", "qa"],
  "pkg/x_test.go": ["developer", "qa"],
  Dockerfile: ["developer", "devops"],
  "deploy/compose.prod.yaml": ["developer", "devops"],
  "docker-compose.yml": ["developer", "devops"],
  "deploy/helm/templates/web.yaml": ["developer", "devops"],
  "k8s/web.yaml": ["developer", "devops"],
  "db/migrations/001.sql": ["developer", "data"],
  ".github/workflows/ci.yml": [],
  ".GitHub/Workflows/ci.yml": [],
  ".github/actions/x/action.yml": [],
  ".github/fleet.yml": [],
  ".gitmodules": [],
  "../x.js": [],
};

/** DOMAIN.md §4: who may read, and who may run the repository's checks; the others run some of them, or none. */
const readers = ["developer", "architect", "qa", "devops", "data", "product-owner"];
const checkers: Record<string, readonly string[]> = {
  "": ["developer", "qa"],
  "test/x.test.js": ["developer", "qa"],
  "e2e/shop.spec.ts": ["developer", "qa", "devops"],
  "db/migrations/001.test.sql": ["developer", "qa", "data"],
};

describe("mayCall", () => {
  it.each(roles)("%s reads, lists, searches and outlines as the table says", (role) => {
    for (const operation of ["read", "list", "search", "outline"] as const)
      expect(mayCall(role, { operation, path: "src/x.js" }, {}).allowed).toBe(readers.includes(role));
  });

  it.each(
    Object.entries(checkers).flatMap(([path, who]) => roles.map((role) => [role, path, who.includes(role)] as const)),
  )("%s runs the checks %s: %s", (role, path, allowed) => {
    expect(mayCall(role, { operation: "check", path: path || null }, {}).allowed).toBe(allowed);
  });

  it.each(roles)("%s dry-runs deployment files or migrations as the table says", (role) => {
    const may = ["devops", "data"].includes(role);
    expect(mayCall(role, { operation: "dry-run", path: null }, {}).allowed).toBe(may);
  });

  it("writes as mayWrite says, and leaves the repository nowhere", () => {
    expect(mayCall("qa", { operation: "write", path: "src/x.js" }, {})).toMatchObject({ rule: "role" });
    expect(mayCall("developer", { operation: "write", path: null }, {})).toMatchObject({ rule: "path" });
    expect(mayCall("developer", { operation: "read", path: "../x" }, {})).toMatchObject({
      allowed: false,
      rule: "path",
    });
    expect(mayCall("architect", { operation: "check", path: null }, {})).toEqual({
      allowed: false,
      rule: "tests",
      reason: "The role architect runs no checks.",
    });
  });
});

describe("mayWrite", () => {
  it.each(
    Object.entries(writers).flatMap(([path, who]) => roles.map((role) => [role, path, who.includes(role)] as const)),
  )("%s writes %s: %s", (role, path, allowed) => {
    expect(mayWrite(role, path).allowed).toBe(allowed);
  });

  it("follows the repository's configuration", () => {
    expect(mayWrite("developer", "src/legal/x.js", { deny: ["src/legal/**"] })).toMatchObject({
      allowed: false,
      rule: "denied-by-configuration",
    });
    expect(mayWrite("qa", "checks/x.js", { tests: ["checks/**"] }).allowed).toBe(true);
    expect(mayWrite("qa", "test/x.js", { tests: ["checks/**"] })).toEqual({
      allowed: false,
      rule: "role",
      reason: "The role qa writes tests only.",
    });
    expect(mayWrite("architect", "x.js")).toMatchObject({ reason: "The role architect writes no files." });
  });
});

describe("toolPolicy", () => {
  it("is the table of DOMAIN.md §4", () => {
    expect(toolPolicy).toMatchSnapshot();
  });

  it("decides git operations by role", () => {
    expect(roles.filter((role) => mayUseGit(role, "commit"))).toEqual(["developer", "devops", "data"]);
    expect(roles.filter((role) => mayUseGit(role, "blame"))).toEqual(["architect"]);
  });
});

describe("pathProblem", () => {
  it.each([
    ["", "empty"],
    ["/etc/passwd", "absolute"],
    ["C:/x", "absolute"],
    ["a\\b", "backslash"],
    ["../x", "leaves"],
    ["a/../../x", "leaves"],
    ["a//b", "leaves"],
    ["./a", "leaves"],
    [".git/config", ".git"],
    ["a/.GIT/hooks/x", ".git"],
    [".git./x", ".git"],
    ["git~1/x", ".git"],
    [".ɡit/x".replace("ɡ", "g\u200C"), "hidden"],
    ["a\nb", "control"],
    ["a\u202Ejs.exe", "hidden"],
    ["a\uFFFDb", "hidden"],
    [`${"a".repeat(201)}`, "200 bytes"],
    ["abcdefghi/".repeat(101), "1,000 bytes"],
  ])("refuses %j", (path, reason) => {
    expect(pathProblem(path)).toContain(reason);
  });

  it.each(["a", "src/x.js", ".gitignore", ".github/CODEOWNERS", "a b/ü.md", "..a/b..", "x.git/y"])(
    "takes %j",
    (path) => {
      expect(pathProblem(path)).toBeNull();
    },
  );

  it("never lets a path out of its directory", () => {
    const part = fc.constantFrom("..", ".", "a", "", "/", ".git", "b c", "\\", "\0");
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const path = parts.join("/");
        if (pathProblem(path) !== null) return;
        expect(new URL(`file:///root/${encodeURI(path)}`).pathname).toBe(`/root/${encodeURI(path)}`);
      }),
    );
  });
});

describe("checkPolicy", () => {
  it("passes an ordinary change", () => {
    expect(
      checkPolicy({
        role: "developer",
        changes: [change("src/x.js"), change("b.sh", { mode: "100755" })],
        secrets: [],
      }),
    ).toEqual([]);
  });

  it("finds links, submodules, workflow files and secrets", () => {
    expect(rules([change("a", { mode: "120000" })])).toEqual(["symlink"]);
    expect(rules([change("a", { mode: "120000", change: "deleted" })])).toEqual([]);
    expect(rules([change("a", { mode: "160000", content: null })])).toEqual(["submodule"]);
    expect(rules([change(".github/workflows/x.yml", { change: "deleted" })])).toEqual(["workflow-file"]);
    const [finding] = checkPolicy({ role: "developer", changes: [], secrets: [{ path: "a", rule: "aws", line: 3 }] });
    expect(finding).toEqual({ rule: "secret", path: "a", reason: "Line 3 looks like a secret (aws)." });
  });

  it("finds two names for one file", () => {
    expect(rules([change("src/A.js"), change("src/a.js")])).toEqual(["same-name"]);
    expect(rules([change("SRC/a.js", { change: "added" })], { existing: ["src/a.js"] })).toEqual(["same-name"]);
    expect(rules([change("Caf\u00e9", { change: "added" })], { existing: ["Cafe\u0301"] })).toEqual(["same-name"]);
    expect(rules([change("a.js"), change("b.js")], { existing: ["a.js", "c.js"] })).toEqual([]);
    expect(rules([change("A.js"), change("a.js", { change: "deleted" })], { existing: ["a.js"] })).toEqual([]);
    const [finding] = checkPolicy({ role: "developer", secrets: [], changes: [change("x\n"), change("X\n")] }).slice(
      -1,
    );
    expect(finding?.reason).toContain("another path");
  });

  it.each([
    ["files", Array.from({ length: 51 }, (_, at) => change(`${at}.js`))],
    ["file-bytes", [change("a", { size: 1_000_001 })]],
    ["total-bytes", Array.from({ length: 6 }, (_, at) => change(`${at}.js`, { size: 900_000 }))],
    ["changed-lines", [change("a", { added: 1_500, deleted: 501 })]],
  ])("bounds %s", (rule, changes) => {
    const findings = checkPolicy({ role: "developer", changes, secrets: [] });
    expect(findings.map((finding) => finding.rule)).toEqual([rule]);
    expect(findings.every(isSizeFinding)).toBe(true);
  });

  it("takes other limits", () => {
    expect(rules([change("a"), change("b")], { limits: { files: 1 } })).toEqual(["files"]);
  });
});
