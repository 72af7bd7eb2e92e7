import { expect, test } from "vitest";
import { reportFailedWrite } from "../../../src/github/write/report-failed-write.ts";
import type { WriteTarget } from "../../../src/github/write/write-target.ts";

const ref = { installation: 5, repository: 7, owner: "acme", repo: "shop" };

async function reported(data: unknown): Promise<readonly WriteTarget[]> {
  const written: WriteTarget[] = [];
  await reportFailedWrite(async (target) => void written.push(target), data, "1a2b3c4d");
  return written;
}

test("who asked for an update of a branch hears that it failed, under the answer's own name", async () => {
  const target = { kind: "update-branch", ref, pullNumber: 4, issueNumber: 4, commentId: 9, trigger: "comment-9-0" };
  expect(await reported({ ...target, login: "olga" })).toMatchObject([
    {
      kind: "reply",
      ref,
      issueNumber: 4,
      trigger: "comment-9-0",
      text: expect.stringMatching(/`\/rebase` failed.*1a2b/),
    },
  ]);
});

test.each([
  [{ kind: "story", storyId: "7-3" }],
  [{ kind: "reply", ref, issueNumber: 3, trigger: "t", text: "x" }],
  [{}],
])("nobody waits for %j, or it is the answer itself", async (data) => {
  expect(await reported(data)).toEqual([]);
});
