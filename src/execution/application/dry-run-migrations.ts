import type { DryRunResult } from "../domain/dry-runs/dry-run-result.ts";
import { maxTextLength } from "../domain/dry-runs/file-problems.ts";
import {
  dialectOf,
  foreignMigrations,
  type MigrationSet,
  migrationSets,
  onlyScratchLacks,
  upPart,
} from "../domain/dry-runs/migration-sets.ts";
import { splitSql } from "../domain/dry-runs/split-sql.ts";
import type { MigrateInScratch, Migration, WorktreeFiles } from "./ports.ts";

export type MigrationRun = {
  readonly migrate: MigrateInScratch;
  readonly worktree: string;
  readonly files: WorktreeFiles;
  readonly changed: readonly string[];
  /** Those of them that the start commit does not hold. */
  readonly added: readonly string[];
  readonly signal?: AbortSignal;
  readonly trusted?: boolean;
};

const engines = { postgresql: "PostgreSQL (PGlite)", sqlite: "SQLite" } as const;

/** What only psql itself understands. */
const psqlOnly = /^\\\w|\bcopy\b[^;]*\bfrom\s+stdin\b/im;

/**
 * Applies the migrations that a change touches, with all that go before, in an empty database: first those that were
 * there and then the new ones, as a database that exists would; and all in their order, as a new one would. Where the two
 * are the same, once. A migration that was there and does not apply is held against nobody.
 */
export async function dryRunMigrations(run: MigrationRun): Promise<readonly DryRunResult[]> {
  const files = await run.files.list();
  const results: DryRunResult[] = foreignMigrations(run.changed).map((target) => ({
    tool: "scratch database",
    target,
    verdict: "not-run",
    reason: "migrations that are no plain SQL are run by the repository's own command only",
  }));
  for (const set of migrationSets(files, run.changed)) results.push(...(await dryRunSet(run, set, files)));
  return results;
}

async function dryRunSet(
  run: MigrationRun,
  { directory, files: paths }: MigrationSet,
  all: readonly string[],
): Promise<readonly DryRunResult[]> {
  const result = (
    tool: string,
    verdict: DryRunResult["verdict"],
    reason: string,
    target = directory,
  ): DryRunResult => ({
    tool,
    target,
    verdict,
    reason,
  });
  const texts = await Promise.all(paths.map(async (path) => ({ path, text: await textOf(run.files, path) })));
  const unread = texts.find(({ text }) => text === null || text.length > maxTextLength.YAML);
  if (unread !== undefined)
    return [result("scratch database", "not-run", `${unread.path} is no text, or too long to be read here`)];
  const ups = texts.map(({ path, text }) => ({ path, sql: upPart(text ?? "") }));
  const dialect = dialectOf(
    ups.map(({ sql }) => sql),
    await providerOf(run.files, directory, all),
  );
  if (dialect === "mysql")
    return [result("scratch database", "not-run", "there is no scratch database for MySQL's SQL here")];
  const own = ups.find(({ sql }) => psqlOnly.test(sql));
  if (own !== undefined) return [result(engines[dialect], "not-run", `${own.path} has commands of psql's own`)];
  const migrations = ups.map(({ path, sql }): Migration => {
    return { path, statements: dialect === "sqlite" ? [{ sql, line: 1 }] : splitSql(sql) };
  });
  for (const order of ordersOf(migrations, run)) {
    const { worktree, signal, trusted } = run;
    const outcome = await run.migrate(dialect, order.migrations, {
      worktree,
      ...(signal === undefined ? {} : { signal }),
      ...(trusted === undefined ? {} : { trusted }),
    });
    if (outcome.kind === "not-run") return [result(engines[dialect], "not-run", outcome.reason)];
    if (outcome.kind === "applied") continue;
    const path = order.migrations[outcome.at]?.path ?? directory;
    const why = `statement ${outcome.statement} (line ${outcome.line}), ${order.name}: ${outcome.message}`;
    if (onlyScratchLacks(outcome.message)) return [result(engines[dialect], "not-run", why, path)];
    // In the order of a database that exists, what fails before the first new one failed before the change as well.
    const takesAway = run.changed.some((changed) => !all.includes(changed));
    const firstNew = order.migrations.findIndex((migration) => run.changed.includes(migration.path));
    const isOld = !takesAway && (firstNew === -1 || outcome.at < firstNew);
    return [result(engines[dialect], isOld ? "not-run" : "fail", isOld ? `not the change's: ${why}` : why, path)];
  }
  return [result(engines[dialect], "pass", "")];
}

type Order = { readonly name: string; readonly migrations: readonly Migration[] };

/** The orders in which databases will meet the migrations. One that was changed is met as it is by new databases only. */
function ordersOf(migrations: readonly Migration[], { changed, added }: MigrationRun): readonly Order[] {
  const fromScratch: Order = { name: "from scratch", migrations };
  const isNew = ({ path }: Migration) => added.includes(path);
  if (migrations.some(({ path }) => changed.includes(path) && !added.includes(path))) return [fromScratch];
  const later = [...migrations.filter((each) => !isNew(each)), ...migrations.filter(isNew)];
  const isSame = later.every((each, at) => each === migrations[at]);
  return isSame ? [fromScratch] : [{ name: "after those that were there", migrations: later }, fromScratch];
}

async function textOf(files: WorktreeFiles, path: string): Promise<string | null> {
  const file = await files.read(path);
  return file.kind === "text" ? file.text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n") : null;
}

/** What Prisma's own file beside the migrations says. */
async function providerOf(files: WorktreeFiles, directory: string, all: readonly string[]): Promise<string | null> {
  const path = `${directory}/migration_lock.toml`;
  if (!all.includes(path)) return null;
  return /^provider\s*=\s*"(\w+)"/m.exec((await textOf(files, path)) ?? "")?.[1] ?? null;
}
