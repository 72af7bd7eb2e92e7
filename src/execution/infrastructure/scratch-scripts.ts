/**
 * What runs migrations inside the sandbox, in PGlite. Kept to what every Node since 20 understands. The result is a file:
 * SQL may print.
 */
export const postgresScript = `
import { existsSync, readFileSync, writeFileSync } from "node:fs";
const [plan, out, home] = process.argv.slice(2);
const migrations = JSON.parse(readFileSync(plan, "utf8"));
const tell = (result) => { writeFileSync(out, JSON.stringify(result)); process.exit(0); };
const { PGlite } = await import(home + "/dist/index.js");
const named = migrations.flatMap(({ statements }) => statements.map(({ sql }) => /\\bcreate\\s+extension\\s+(?:if\\s+not\\s+exists\\s+)?"?([\\w-]+)/i.exec(sql)?.[1]?.replaceAll("-", "_") ?? []).flat());
const extensions = {};
for (const name of new Set(named)) {
  const file = home + "/dist/contrib/" + name + ".js";
  if (existsSync(file)) extensions[name] = (await import(file))[name];
}
const db = await PGlite.create({ extensions });
for (const [at, { statements }] of migrations.entries()) {
  for (const [index, { sql, line }] of statements.entries()) {
    try { await db.exec(sql); } catch (error) {
      const place = Number(error.position) > 0 ? sql.slice(0, Number(error.position) - 1).split("\\n").length - 1 : 0;
      tell({ kind: "failed", at, statement: index + 1, line: line + place, message: String(error.message) });
    }
  }
}
tell({ kind: "applied" });
`;

/** The same in SQLite, which knows best where its statements end. */
export const sqliteScript = `
import json, sqlite3, sys
plan, out = sys.argv[1:3]
def tell(result):
    with open(out, "w") as file:
        json.dump(result, file)
    sys.exit(0)
db = sqlite3.connect(":memory:", isolation_level=None)
for at, migration in enumerate(json.load(open(plan))):
    number = 0
    for script in migration["statements"]:
        line, begun, sql = script["line"], None, ""
        for text in script["sql"].splitlines(keepends=True):
            if begun is None and text.strip() and not text.strip().startswith("--"):
                begun = line
            sql += text
            line += 1
            if not sqlite3.complete_statement(sql):
                continue
            number += 1
            try:
                db.executescript(sql)
            except sqlite3.Error as error:
                tell({"kind": "failed", "at": at, "statement": number, "line": begun or line, "message": str(error)})
            begun, sql = None, ""
        if sql.strip() and begun is not None:
            try:
                db.executescript(sql)
            except sqlite3.Error as error:
                tell({"kind": "failed", "at": at, "statement": number + 1, "line": begun, "message": str(error)})
tell({"kind": "applied"})
`;
