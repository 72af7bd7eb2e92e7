import { chmod, mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MigrateInScratch, SandboxRun } from "../../../src/execution/application/ports.ts";
import { splitSql } from "../../../src/execution/domain/dry-runs/split-sql.ts";
import { createBubblewrapSandbox } from "../../../src/execution/infrastructure/bubblewrap-sandbox.ts";
import { createMigrateInScratch } from "../../../src/execution/infrastructure/migrate-in-scratch.ts";
import { createOffSandbox } from "../../../src/execution/infrastructure/off-sandbox.ts";
import { removeDirectory } from "../../../src/execution/infrastructure/remove-directory.ts";
import { thorough, whyNotThorough } from "../../support/thorough.ts";
import { bubblewrapMissing } from "./bubblewrap-missing.ts";

describe.skipIf(bubblewrapMissing)("migrations in a scratch database (needs bubblewrap)", () => {
  let base = "";
  let migrate: MigrateInScratch;
  let run: Pick<SandboxRun, "worktree">;
  const toolchains = async () => ({ readOnly: [], path: [], env: {} });

  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), "fleet-scratch-test-"));
    await chmod(base, 0o755);
    const cache = join(base, "cache");
    await mkdir(cache, { mode: 0o755 });
    await mkdir(join(base, "worktree"), { mode: 0o755 });
    run = { worktree: join(base, "worktree") };
    const sandbox = await createBubblewrapSandbox({ cache });
    if ("missing" in sandbox) throw new Error(sandbox.missing);
    migrate = createMigrateInScratch({ sandbox, cache, toolchains });
  });

  afterAll(() => removeDirectory(base));

  const sqlite = (...scripts: readonly string[]) =>
    migrate(
      "sqlite",
      scripts.map((sql, at) => ({ path: `${at}.sql`, statements: [{ sql, line: 1 }] })),
      run,
    );
  const postgres = (...scripts: readonly string[]) =>
    migrate(
      "postgresql",
      scripts.map((sql, at) => ({ path: `${at}.sql`, statements: splitSql(sql) })),
      run,
    );

  it("of SQLite apply, triggers and a last statement without a semicolon included", async () => {
    const trigger = "create trigger t after insert on a begin update a set x = 1; delete from b; end;";
    expect(await sqlite("create table a (x);\ncreate table b (x);", `-- a comment\n${trigger}\ndrop table b`)).toEqual({
      kind: "applied",
    });
  });

  it("of SQLite that do not apply are named with statement and line", async () => {
    expect(await sqlite("create table a (x);", "insert into a values (1);\n\ninsert into nope\n  values (1);")).toEqual(
      {
        kind: "failed",
        at: 1,
        statement: 2,
        line: 3,
        message: "no such table: nope",
      },
    );
  });

  it.runIf(thorough)(
    `of PostgreSQL apply, and are named where they do not${whyNotThorough}`,
    async () => {
      const first =
        'create extension "uuid-ossp";\ncreate table a (id uuid default uuid_generate_v4());\ncreate index concurrently i on a (id);';
      expect(await postgres(first, "alter table a add column b jsonb;\n\nselect\n  *\nfrom nope;")).toEqual({
        kind: "failed",
        at: 1,
        statement: 2,
        line: 5,
        message: 'relation "nope" does not exist',
      });
      expect(await postgres("do $$ begin perform 1; end $$;")).toEqual({ kind: "applied" });
    },
    240_000,
  );

  it("are not run without a sandbox", async () => {
    const sandbox = createOffSandbox("a test");
    const off = createMigrateInScratch({ sandbox, cache: join(base, "cache"), toolchains });
    expect(await off("sqlite", [], run)).toEqual({
      kind: "not-run",
      reason: "no-sandbox: a test",
    });
  });
});
