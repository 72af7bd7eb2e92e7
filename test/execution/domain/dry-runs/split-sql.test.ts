import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitSql } from "../../../../src/execution/domain/dry-runs/split-sql.ts";

describe("a script's statements", () => {
  it("are told apart with the lines in which they begin", () => {
    const script = "-- first\ncreate table a ();\n\n/* ; */ insert into a values (';', 'it''s;');select 1 ;\n";
    expect(splitSql(script)).toEqual([
      { sql: "create table a ()", line: 2 },
      { sql: "insert into a values (';', 'it''s;')", line: 4 },
      { sql: "select 1 ", line: 4 },
    ]);
  });

  it("keep bodies, names and escapes whole", () => {
    const body = "create function f() returns int as $b$ begin; return 1; end; $b$ language plpgsql";
    expect(splitSql(`${body};select $$;$$, E'\\';', "a;b";`).map(({ sql }) => sql)).toEqual([
      body,
      "select $$;$$, E'\\';', \"a;b\"",
    ]);
    const atomic = "create function f() returns int begin atomic; select 1; end;";
    expect(splitSql(atomic)).toHaveLength(1);
  });

  it("are none in a text without any", () => {
    expect(splitSql(" \n-- nothing;\n;;/* ; */")).toEqual([]);
  });

  it("lose nothing but what stands between them", () => {
    const parts = fc.constantFrom("a", ";", "'", '"', "$$", "$x$", "--", "\n", "/*", "*/", "\\", "E'", " ");
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 30 }), (all) => {
        const script = all.join("");
        let at = 0;
        for (const { sql, line } of splitSql(script)) {
          at = script.indexOf(sql, at);
          expect(at).toBeGreaterThanOrEqual(0);
          expect(script.slice(0, at).split("\n").length).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(script.split("\n").length);
          at += sql.length;
        }
      }),
      { numRuns: 200 },
    );
  });
});
