/** One statement of a script, and the line in which it begins (from 1). */
export type SqlStatement = { readonly sql: string; readonly line: number };

/**
 * Whatever may hold a semicolon that ends nothing: comments, strings, names, and PostgreSQL's dollar quotes. One that is
 * not closed goes on to the end, so that nothing is looked at twice.
 */
const opaque =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[eE]'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|\$(?<tag>\w*)\$[\s\S]*?(?:\$\k<tag>\$|$)|;/g;

/** What stands before a statement and is none. */
const blank = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$))*/;

/**
 * The statements of a PostgreSQL script, so that each can be run and named by itself. A script with a function in SQL's own
 * form (`BEGIN ATOMIC`), whose body holds semicolons of its own, stays one.
 */
export function splitSql(script: string): readonly SqlStatement[] {
  const statements: SqlStatement[] = [];
  let from = 0;
  let line = 1;
  const take = (to: number): void => {
    const part = script.slice(from, to);
    const before = blank.exec(part)?.[0] ?? "";
    if (before.length < part.length) statements.push({ sql: part.slice(before.length), line: line + lines(before) });
    line += lines(script.slice(from, to + 1));
    from = to + 1;
  };
  if (!/\bbegin\s+atomic\b/i.test(script))
    for (const { 0: found, index } of script.matchAll(opaque)) if (found === ";") take(index);
  take(script.length);
  return statements;
}

function lines(text: string): number {
  return text.split("\n").length - 1;
}
