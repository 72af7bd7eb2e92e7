/** Migrations that belong together, in the order in which they are applied. */
export type MigrationSet = { readonly directory: string; readonly files: readonly string[] };

/**
 * How the tools that keep migrations as plain SQL lay them out; `order` is what sorts them within their directory. A file
 * belongs to the first that fits. What undoes a migration is never one.
 */
const layouts: readonly { readonly path: RegExp; readonly order: (name: string) => string }[] = [
  // Prisma, Diesel: one directory for each.
  { path: /^(?<set>.*\bmigrations)\/(?<name>[^/]+\/(?:migration|up)\.sql)$/, order: same },
  // Flyway: versions first, in their own order, then what is applied again and again.
  { path: /^(?<set>.*?)\/?(?<name>V[\d._]+__[^/]+\.sql)$/, order: (name) => `0${name.replace(/__.*/, "")}` },
  { path: /^(?<set>.*\b(?:migrations?|flyway|db)\b.*?)\/?(?<name>R__[^/]+\.sql)$/, order: (name) => `1${name}` },
  // golang-migrate, dbmate, goose, Supabase and plain folders.
  { path: /^(?<set>(?:.*\/)?(?:migrations?|migrate))\/(?<name>[^/]+\.sql)$/, order: same },
];

const undoing = /\.down\.sql$|(?:^|\/)down\.sql$|(?:^|\/)U[\d._]+__|[_-](?:down|rollback|undo)\.sql$/i;

/** Files in a place of migrations that other tools run: their own code, or changelogs. */
const foreign =
  /(?:^|\/)(?:migrations?|migrate|alembic\/versions|changelogs?)\/(?:.*\/)?[^/]+\.(?:rb|py|[cm]?[jt]s|php|java|kt|xml|exs?)$/;

const collator = new Intl.Collator("en", { numeric: true });

/** The sets of plain SQL migrations of a repository that hold one of these paths. */
export function migrationSets(files: readonly string[], changed: readonly string[]): readonly MigrationSet[] {
  const sets = new Map<string, { readonly path: string; readonly order: string }[]>();
  const setOf = new Map<string, string>();
  for (const path of new Set([...files, ...changed])) {
    if (undoing.test(path)) continue;
    for (const layout of layouts) {
      const { set, name } = layout.path.exec(path)?.groups ?? {};
      if (set === undefined || name === undefined) continue;
      setOf.set(path, set);
      if (files.includes(path)) sets.set(set, [...(sets.get(set) ?? []), { path, order: layout.order(name) }]);
      break;
    }
  }
  const touched = new Set(changed.flatMap((path) => setOf.get(path) ?? []));
  return [...touched].sort().map((directory) => ({
    directory: directory === "" ? "." : directory,
    files: (sets.get(directory) ?? []).sort((a, b) => collator.compare(a.order, b.order)).map(({ path }) => path),
  }));
}

/** The changed migrations that are no plain SQL. */
export function foreignMigrations(changed: readonly string[]): readonly string[] {
  return changed.filter((path) => foreign.test(path) && !/__init__\.py$|\.test\.|\.spec\./.test(path));
}

/**
 * Without what undoes it: goose, dbmate and others keep both directions in one file, the second behind a comment.
 */
export function upPart(sql: string): string {
  const [up = ""] = sql.split(/^--[ \t]*(?:\+goose Down|migrate:down|\+migrate Down|@DOWN|\/\/@UNDO)\b.*$/im, 1);
  return up;
}

export type SqlDialect = "postgresql" | "sqlite" | "mysql";

/**
 * Whose SQL these texts are. `provider` is what Prisma's lock file says. What any database takes counts as PostgreSQL's,
 * which holds most to the standard.
 */
export function dialectOf(texts: readonly string[], provider: string | null = null): SqlDialect {
  if (provider === "postgresql" || provider === "sqlite" || provider === "mysql") return provider;
  const all = texts.join("\n").replace(/--.*$/gm, "");
  if (/\bAUTO_INCREMENT\b|\bENGINE\s*=|`\w+`|\bUNSIGNED\b/i.test(all)) return "mysql";
  if (/\bAUTOINCREMENT\b|^\s*PRAGMA\b|\bWITHOUT\s+ROWID\b|\bstrftime\s*\(|\bdatetime\s*\(\s*'now'/im.test(all))
    return "sqlite";
  return "postgresql";
}

/** Errors that tell what a scratch database lacks, and nothing of what is wrong with a migration. */
const lacking =
  /extension "[^"]*" is not available|could not open extension control file|role "[^"]*" does not exist|schema "(?:auth|storage|realtime|vault|extensions)" does not exist|no such module: |no such function: load_extension/i;

export function onlyScratchLacks(message: string): boolean {
  return lacking.test(message);
}

function same(name: string): string {
  return name;
}
