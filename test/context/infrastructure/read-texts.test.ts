import { expect, it } from "vitest";
import type { CommitSource } from "../../../src/context/application/code-index-ports.ts";
import { createReadTexts } from "../../../src/context/infrastructure/read-texts.ts";

it("asks git in one call for what it does not remember, and never for the same content again", async () => {
  const calls: string[][] = [];
  const commits: Pick<CommitSource, "texts"> = {
    async *texts(files) {
      calls.push(files.map(({ path }) => path));
      for (const file of files)
        if (file.path === "b.bin") yield { kind: "left-out", file, reason: "binary" };
        else yield { kind: "text", file, text: `text of ${file.blob}` };
    },
  };
  const readTexts = createReadTexts();
  const first = await readTexts(
    commits,
    new Map([
      ["a.ts", "1"],
      ["b.bin", "2"],
      ["c.ts", "3"],
    ]),
  );
  expect([...first]).toEqual([
    ["a.ts", "text of 1"],
    ["c.ts", "text of 3"],
  ]);
  const second = await readTexts(
    commits,
    new Map([
      ["a.ts", "1"],
      ["c.ts", "4"],
    ]),
  );
  expect([...second].toSorted()).toEqual([
    ["a.ts", "text of 1"],
    ["c.ts", "text of 4"],
  ]);
  expect(calls).toEqual([["a.ts", "b.bin", "c.ts"], ["c.ts"]]);
});
