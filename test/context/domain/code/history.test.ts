import { expect, it } from "vitest";
import { readHistoryOf } from "../../../../src/context/domain/code/history.ts";
import { milestonesOf } from "../../../../src/context/domain/milestones.ts";
import { parseLog } from "../../../../src/context/infrastructure/parse-log.ts";

const change = (path: string, renamedFrom: string | null = null) => ({ path, renamedFrom });
const commit = (...changes: ReturnType<typeof change>[]) => ({ id: "1", day: "2025-01-01", subject: "s", changes });

it("counts what changes together, over renames, and not what is gone or in a wide commit", () => {
  const wide = commit(...Array.from({ length: 40 }, (_, at) => change(`w${at}`)), change("a"), change("c"));
  const history = readHistoryOf(
    [
      commit(change("a"), change("b")),
      commit(change("b", "old")),
      commit(change("old"), change("a"), change("gone")),
      wide,
      wide,
    ],
    new Set(["a", "b", "c"]),
  );
  expect(history.changes).toEqual(
    new Map([
      ["a", 4],
      ["b", 3],
      ["c", 2],
    ]),
  );
  expect(history.together.get("a")).toEqual([{ path: "b", commits: 2 }]);
  expect(history.together.get("c")).toBeUndefined();
  expect(history.commits).toBe(5);
});

it("finds the commits about a file by what it is called now, and not those of another one that has its old name", () => {
  const named = (id: string, ...changes: ReturnType<typeof change>[]) => ({ ...commit(...changes), id });
  const commits = [
    named("another", change("old")),
    named("rename", change("new", "old")),
    named("first", change("old")),
    named("elsewhere", change("b")),
  ];
  const about = (path: string) => milestonesOf(commits, new Set([path])).map(({ id }) => id);
  expect(about("new")).toEqual(["rename", "first"]);
  expect(about("old")).toEqual(["another"]);
});

it("reads git's log, with renames, odd names and an end that is cut off", () => {
  const log =
    "\u0001c1\u00022025-02-03\u0002Move it\u0002\0\nR100\0a b\0c\nd\0M\0e\0" +
    "\u0001c2\u00022025-02-02\u0002Nothing\u0002\0" +
    "\u0001c3\u00022025-02-01\u0002Cut";
  expect(parseLog(log)).toEqual([
    { id: "c1", day: "2025-02-03", subject: "Move it", changes: [change("c\nd", "a b"), change("e")] },
    { id: "c2", day: "2025-02-02", subject: "Nothing", changes: [] },
  ]);
});
