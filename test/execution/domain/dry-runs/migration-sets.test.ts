import { describe, expect, it } from "vitest";
import {
  dialectOf,
  foreignMigrations,
  migrationSets,
  onlyScratchLacks,
  upPart,
} from "../../../../src/execution/domain/dry-runs/migration-sets.ts";

const found = (files: readonly string[], changed = files) =>
  migrationSets(files, changed).map(({ directory, files: paths }) => `${directory}: ${paths.join(" ")}`);

describe("migrations of plain SQL", () => {
  it.each([
    [
      "a plain folder",
      ["migrations/002_b.sql", "migrations/010_c.sql", "migrations/1_a.sql", "migrations/002_b.down.sql"],
      ["migrations: migrations/1_a.sql migrations/002_b.sql migrations/010_c.sql"],
    ],
    [
      "golang-migrate",
      ["db/migrations/1_a.up.sql", "db/migrations/1_a.down.sql"],
      ["db/migrations: db/migrations/1_a.up.sql"],
    ],
    ["Supabase", ["supabase/migrations/20240101_a.sql"], ["supabase/migrations: supabase/migrations/20240101_a.sql"]],
    [
      "Prisma",
      ["prisma/migrations/2_b/migration.sql", "prisma/migrations/1_a/migration.sql"],
      ["prisma/migrations: prisma/migrations/1_a/migration.sql prisma/migrations/2_b/migration.sql"],
    ],
    ["Diesel", ["migrations/1_a/up.sql", "migrations/1_a/down.sql"], ["migrations: migrations/1_a/up.sql"]],
    [
      "Flyway",
      ["db/migration/R__v.sql", "db/migration/V10__c.sql", "db/migration/V2__b.sql", "db/migration/U2__b.sql"],
      ["db/migration: db/migration/V2__b.sql db/migration/V10__c.sql db/migration/R__v.sql"],
    ],
    ["a folder for migrate", ["db/migrate/1.sql"], ["db/migrate: db/migrate/1.sql"]],
    ["none", ["sql/schema.sql", "src/migrations.js", "docs/V1.sql"], []],
  ])("%s", (_, files, sets) => {
    expect(found(files)).toEqual(sets);
  });

  it("are the whole set that holds a changed one, also where that one goes away", () => {
    const files = ["a/migrations/1.sql", "a/migrations/2.sql", "b/migrations/1.sql"];
    expect(found(files, ["a/migrations/2.sql"])).toEqual(["a/migrations: a/migrations/1.sql a/migrations/2.sql"]);
    expect(found(files, ["b/migrations/2.sql"])).toEqual(["b/migrations: b/migrations/1.sql"]);
  });

  it("are none where another tool's code makes them", () => {
    const paths = [
      "db/migrate/1_a.rb",
      "shop/migrations/0001_initial.py",
      "shop/migrations/__init__.py",
      "migrations/1.sql",
    ];
    expect(foreignMigrations(paths)).toEqual(["db/migrate/1_a.rb", "shop/migrations/0001_initial.py"]);
  });

  it("leave out what undoes them", () => {
    expect(upPart("-- +goose Up\ncreate table a();\n-- +goose Down\ndrop table a;\n")).toBe(
      "-- +goose Up\ncreate table a();\n",
    );
    expect(upPart("-- migrate:up\nselect 1;\n-- migrate:down\nselect 2;")).toBe("-- migrate:up\nselect 1;\n");
    expect(upPart("select 1; -- the way down")).toBe("select 1; -- the way down");
  });

  it.each([
    ["create table a (id integer primary key autoincrement)", "sqlite"],
    ["PRAGMA foreign_keys = ON;", "sqlite"],
    ["create table `a` (id int auto_increment) engine=InnoDB", "mysql"],
    ["create table a (id bigserial, b jsonb)", "postgresql"],
    ["create table a (id integer primary key)", "postgresql"],
    ["-- no autoincrement here\nselect 1", "postgresql"],
  ])("are in somebody's SQL: %s", (sql, dialect) => {
    expect(dialectOf([sql])).toBe(dialect);
  });

  it("are in whose SQL Prisma says", () => {
    expect(dialectOf(["select 1"], "sqlite")).toBe("sqlite");
    expect(dialectOf(["select 1"], "sqlserver")).toBe("postgresql");
  });

  it("may ask for what a scratch database has not", () => {
    expect(onlyScratchLacks('extension "pg_cron" is not available')).toBe(true);
    expect(onlyScratchLacks('relation "role" does not exist')).toBe(false);
  });
});
