import { afterAll, describe, expect, it } from "vitest";
import { chooseExitCodes } from "../../../src/cli/choose/choose-options.ts";
import { bubblewrapMissing } from "../../execution/infrastructure/bubblewrap-missing.ts";
import { choose, directory, project, removePlaces, repository, suite } from "./a-choice.ts";

afterAll(removePlaces);

const first = "CREATE TABLE person (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);\n";

describe.skipIf(bubblewrapMissing)("fleet choose --role (needs bubblewrap)", () => {
  it("data's migrations are applied in a scratch database, and nothing else may be changed", async () => {
    const { code, report, cell } = await choose({
      role: "data",
      repo: repository({ "migrations/0001-person.sql": first, "app.py": "print(1)\n" }),
      candidates: directory({
        "bad/migrations/0002-mail.sql": "ALTER TABLE persons ADD COLUMN mail TEXT;\n",
        "code/migrations/0002-mail.sql": "ALTER TABLE person ADD COLUMN mail TEXT;\n",
        "code/app.py": "print(2)\n",
        "good/migrations/0002-mail.sql": "ALTER TABLE person ADD COLUMN mail TEXT;\n",
      }),
    });
    expect(code).toBe(chooseExitCodes.winner);
    expect(report).toMatchObject({ role: "data", winner: "good" });
    expect(cell("good", "dry-run")).toMatchObject({
      status: "passed",
      summary: "1 of 1 dry runs pass (SQLite).",
    });
    expect(cell("bad", "dry-run")).toMatchObject({ status: "failed" });
    expect(cell("bad", "dry-run")?.summary).toContain("no such table: persons");
    expect(cell("code", "policy")).toMatchObject({ status: "failed" });
    expect(cell("code", "policy")?.summary).toContain("app.py: The role data writes migrations only.");
  });

  it("devops' files are given to their own tools", async () => {
    const { report, cell } = await choose({
      role: "devops",
      repo: repository({ "compose.yaml": "services: {}\n" }),
      candidates: directory({ "broken/compose.yaml": "services: [\n", "code/app.js": "1;\n" }),
    });
    expect(report.winner).toBe("none");
    expect(cell("broken", "dry-run")?.status).toBe("failed");
    expect(cell("code", "policy")?.summary).toContain("app.js: The role devops writes deployment only.");
  });

  it("qa's candidates are tests: one that fails on the base by an assertion, or passes, is sound", async () => {
    const { code, report, cell } = await choose({
      role: "qa",
      repo: repository(project),
      candidates: directory({
        "asserts/more.test.js": suite('test("adds", () => assert.equal(add(1, 2), 3));'),
        "breaks/more.test.js": suite('test("adds", () => assert.equal(sum(1, 2), 3));'),
      }),
    });
    expect(code).toBe(chooseExitCodes.winner);
    expect(report.winner).toBe("asserts");
    expect(cell("asserts", "acceptance")).toMatchObject({
      status: "passed",
      summary: "1 new test: 1 fails on the base, as it must",
    });
    expect(cell("asserts", "regressions")?.status).toBe("passed");
    expect(cell("breaks", "acceptance")).toMatchObject({ status: "failed", summary: "1 of 1 new test is not sound" });
  });

  it("the object for programs has stable names", async () => {
    const { report } = await choose({
      role: "data",
      repo: repository({ "migrations/0001-person.sql": first }),
      candidates: directory({ "good/migrations/0002-mail.sql": "ALTER TABLE person ADD COLUMN mail TEXT;\n" }),
    });
    const measured = new Set(["ms", "sha", "repository", "source"]);
    const stable = JSON.parse(
      JSON.stringify(report, (key, value) => (measured.has(key) ? `(${typeof value})` : value)),
    );
    expect(stable).toMatchSnapshot();
  });
});
