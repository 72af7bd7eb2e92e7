import { expect, it } from "vitest";
import { judgeTree } from "../../../src/context/infrastructure/judge-tree.ts";

const entry = (path: string, size = 10) => ({ mode: "100644", path, blob: "b".repeat(40), size });

it("takes code before prose and settings where there are more files than are read, and first what is named", () => {
  const prose = Array.from({ length: 20_000 }, (_, n) => entry(`docs/${100_000 + n}.md`));
  const listed = [...prose, entry("src/last.ts"), entry("zz/named.md")];
  const { files, leftOut } = judgeTree(listed, (path) => path === "zz/named.md");
  expect(files).toHaveLength(20_000);
  expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(["src/last.ts", "zz/named.md"]));
  expect(leftOut.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
    "docs/119998.md limit",
    "docs/119999.md limit",
  ]);
});

it("takes all where they are within the limits", () => {
  const { files, leftOut } = judgeTree([entry("a.md"), entry("b.ts")]);
  expect([files.map(({ path }) => path), leftOut]).toEqual([["a.md", "b.ts"], []]);
});
