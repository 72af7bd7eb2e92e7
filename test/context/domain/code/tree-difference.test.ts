import { expect, it } from "vitest";
import type { LeftOutReason } from "../../../../src/context/domain/code/left-out.ts";
import { differenceOf, isNear } from "../../../../src/context/domain/code/tree-difference.ts";

const file = (path: string, blob: string) => ({ path, blob, text: "", parsed: null });
const listed = (path: string, blob: string) => ({ path, blob, size: 1 });
const without = (path: string, reason: LeftOutReason, blob: string | null) => ({ path, reason, blob });

it("a tree has else than another what it reads anew and what it leaves out anew, and hides what is not so any more", () => {
  const base = {
    files: [
      file("same", "1"),
      file("edited", "1"),
      file("gone", "1"),
      file("linked", "1"),
      file("faulty", "1"),
      file("edited#x", "1"),
    ],
    leftOut: [
      without("made", "generated", "1"),
      without("made-no-more", "generated", "1"),
      without("faulty", "unparsable", "1"),
      without("link", "symlink", null),
      without("link-gone", "symlink", null),
      without("link-no-more", "symlink", null),
    ],
  };
  const difference = differenceOf(base, {
    files: [
      ...[listed("same", "1"), listed("edited", "2"), listed("made", "1"), listed("made-no-more", "2")],
      ...[listed("faulty", "1"), listed("link-no-more", "1"), listed("edited#x", "1"), listed("new", "1")],
    ],
    leftOut: [without("linked", "symlink", null), without("link", "submodule", null)],
  });
  expect(difference.changed.map(({ path }) => path)).toEqual([
    "edited",
    "made-no-more",
    "link-no-more",
    "new",
    "edited#x",
  ]);
  expect(difference.leftOut.map(({ path }) => path)).toEqual(["linked", "link"]);
  const hidden = ["edited", "edited#x", "gone", "link", "link-gone", "link-no-more", "linked", "made-no-more", "new"];
  expect([...difference.masked].sort()).toEqual(hidden);
});

it.each([
  [10, 20, true],
  [10, 21, false],
  [500, 100, true],
  [500, 101, false],
  [9_000, 400, true],
  [9_000, 401, false],
])("of %d files a difference of %d is small: %s", (files, masked, near) => {
  const base = { files: Array.from({ length: files }, (_, n) => file(`${n}`, "1")), leftOut: [] };
  const paths = new Set(Array.from({ length: masked }, (_, n) => `${n}`));
  expect(isNear(base, { changed: [], leftOut: [], masked: paths })).toBe(near);
});
