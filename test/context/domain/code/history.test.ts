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

it("follows a file over all its names, and takes what happened together once for no habit", () => {
  const commits = [
    commit(change("c", "b"), change("x")),
    commit(change("b", "a"), change("y")),
    commit(change("a"), change("y")),
  ];
  const history = readHistoryOf(commits, new Set(["c", "x", "y"]));
  expect(history.changes.get("c")).toBe(3);
  expect(history.together.get("c")).toEqual([{ path: "y", commits: 2 }]);
  expect(history.together.get("x")).toEqual([]);
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
  const [c1, c2, c3] = ["a", "b", "c"].map((digit) => digit.repeat(40));
  const log = [
    `${c1}\0${"2025-02-03\0Move \u0001 it\u0002\0\0\nR100\0a b\0c\nd\0M\0\ne\u0001\0"}`,
    `${c2}\0${"2025-02-02\0\0\0"}`,
    `${c3}\0${"2025-02-01\0Cut\0\0\nM\0f\0R090\0f\0g"}`,
  ].join("");
  expect(parseLog(log)).toEqual([
    {
      id: c1,
      day: "2025-02-03",
      subject: "Move \u0001 it\u0002",
      changes: [change("c\nd", "a b"), change("\ne\u0001")],
    },
    { id: c2, day: "2025-02-02", subject: "", changes: [] },
    { id: c3, day: "2025-02-01", subject: "Cut", changes: [change("f")] },
  ]);
  expect(parseLog(log.slice(0, log.indexOf("Cut")))).toHaveLength(2);
});
