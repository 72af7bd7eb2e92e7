import { describe, expect, it } from "vitest";
import { dryRunMigrations } from "../../../src/execution/application/dry-run-migrations.ts";
import type { MigrateInScratch, MigrationOutcome } from "../../../src/execution/application/ports.ts";
import { inMemory } from "../memory-files.ts";

const old = { "migrations/1.sql": "create table a ();", "migrations/3.sql": "create table c ();" };

/** Runs with a database in which the migrations named do not apply. */
async function dryRun(
  files: Record<string, string>,
  change: { readonly changed: readonly string[]; readonly added?: readonly string[] },
  answer: (order: readonly string[], engine: string) => MigrationOutcome = () => ({ kind: "applied" }),
) {
  const asked: string[] = [];
  const migrate: MigrateInScratch = async (engine, migrations) => {
    const order = migrations.map(({ path }) => path);
    asked.push(`${engine}: ${order.join(" ")}`);
    return answer(order, engine);
  };
  const added = change.added ?? change.changed;
  const run = {
    migrate,
    worktree: "/w",
    files: inMemory(new Map(Object.entries(files))),
    changed: change.changed,
    added,
  };
  return { asked, results: await dryRunMigrations(run) };
}

const failing =
  (path: string, message = "no") =>
  (order: readonly string[]): MigrationOutcome => {
    const at = order.indexOf(path);
    return at < 0 ? { kind: "applied" } : { kind: "failed", at, statement: 2, line: 7, message };
  };

describe("a dry run of migrations", () => {
  it("applies all in their order, once where a database that exists meets them in the same", async () => {
    const { asked, results } = await dryRun(
      { ...old, "migrations/4.sql": "select 1;" },
      { changed: ["migrations/4.sql"] },
    );
    expect(asked).toEqual(["postgresql: migrations/1.sql migrations/3.sql migrations/4.sql"]);
    expect(results).toEqual([{ tool: "PostgreSQL (PGlite)", target: "migrations", verdict: "pass", reason: "" }]);
  });

  it("applies a late one also after those that were there", async () => {
    const { asked } = await dryRun({ ...old, "migrations/2.sql": "select 1;" }, { changed: ["migrations/2.sql"] });
    expect(asked).toEqual([
      "postgresql: migrations/1.sql migrations/3.sql migrations/2.sql",
      "postgresql: migrations/1.sql migrations/2.sql migrations/3.sql",
    ]);
  });

  it("names file and statement of what does not apply", async () => {
    const files = { ...old, "migrations/4.sql": "select 1;" };
    const { results } = await dryRun(files, { changed: ["migrations/4.sql"] }, failing("migrations/4.sql"));
    expect(results).toEqual([
      {
        tool: "PostgreSQL (PGlite)",
        target: "migrations/4.sql",
        verdict: "fail",
        reason: "statement 2 (line 7), from scratch: no",
      },
    ]);
  });

  it("holds against nobody what failed before, and what the scratch database lacks", async () => {
    const files = { ...old, "migrations/4.sql": "select 1;" };
    const before = await dryRun(files, { changed: ["migrations/4.sql"] }, failing("migrations/3.sql"));
    expect(before.results[0]).toMatchObject({ verdict: "not-run", target: "migrations/3.sql" });
    const lacks = failing("migrations/4.sql", 'extension "pg_cron" is not available');
    expect((await dryRun(files, { changed: ["migrations/4.sql"] }, lacks)).results[0]).toMatchObject({
      verdict: "not-run",
    });
  });

  it("blames a change for what it breaks in those after it", async () => {
    const { results } = await dryRun(old, { changed: ["migrations/1.sql"], added: [] }, failing("migrations/3.sql"));
    expect(results[0]).toMatchObject({ verdict: "fail", target: "migrations/3.sql" });
    const gone = await dryRun(old, { changed: ["migrations/2.sql"], added: [] }, failing("migrations/3.sql"));
    expect(gone.results[0]).toMatchObject({ verdict: "fail", target: "migrations/3.sql" });
  });

  it("takes the database that the SQL is for, and says where there is none", async () => {
    const sqlite = { "migrations/1.sql": "create table a (id integer primary key autoincrement);" };
    expect((await dryRun(sqlite, { changed: ["migrations/1.sql"] })).asked).toEqual(["sqlite: migrations/1.sql"]);
    const mysql = await dryRun(
      { "migrations/1.sql": "create table a (x int) engine=InnoDB;" },
      { changed: ["migrations/1.sql"] },
    );
    expect(mysql.results[0]?.reason).toBe("there is no scratch database for MySQL's SQL here");
    const psql = await dryRun(
      { "migrations/1.sql": "copy a from stdin;\n1\n\\.\n" },
      { changed: ["migrations/1.sql"] },
    );
    expect(psql.results[0]?.reason).toBe("migrations/1.sql has commands of psql's own");
    const ruby = await dryRun({ "db/migrate/1.rb": "x" }, { changed: ["db/migrate/1.rb"] });
    expect(ruby.results[0]).toMatchObject({ verdict: "not-run", target: "db/migrate/1.rb" });
    const prisma = {
      "prisma/migrations/1/migration.sql": "select 1;",
      "prisma/migrations/migration_lock.toml": 'provider = "sqlite"\n',
    };
    expect((await dryRun(prisma, { changed: ["prisma/migrations/1/migration.sql"] })).asked[0]).toMatch(/^sqlite/);
  });
});
