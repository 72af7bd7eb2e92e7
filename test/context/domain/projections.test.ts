import { describe, expect, it } from "vitest";
import { namedDecisions, projectionOf } from "../../../src/context/domain/projections.ts";
import { aLog } from "../a-log.ts";

describe("the decisions that a text names", () => {
  it("are the earlier ones, each once, and no more than 20", () => {
    expect(namedDecisions("D2, D10 and D2 hold; D3 and D4 do not, nor D04, XD1, D1x or D0", 10)).toEqual([2, 3, 4]);
    const many = Array.from({ length: 30 }, (_, n) => `D${n + 1}`).join(" ");
    expect(namedDecisions(many, 100)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  });
});

describe("what an event says of the graph", () => {
  const handedIn = aLog(100).find(
    (event) => event.type === "workflow.task.transitioned" && event.payload.action === "commit-code",
  );
  if (handedIn?.type !== "workflow.task.transitioned") throw new Error("Nothing is handed in.");
  const { payload } = handedIn;
  const of = (changes: Partial<typeof payload>) => projectionOf({ ...handedIn, payload: { ...payload, ...changes } });

  it("is the commit that was handed in, or that the head became, with its tree", () => {
    const commit = {
      label: "Commit",
      id: `100@${"a".repeat(40)}`,
      properties: { repository: 100, sha: "a".repeat(40), tree: "t1" },
    };
    const link = { from: { label: "Task", id: "100-12-p1-t1" }, type: "PRODUCED", to: commit };
    expect(of({})).toEqual([link]);
    expect(of({ action: "invalidate" })).toEqual([link]);
  });

  it("is nothing of a step that brings none", () => {
    expect(of({ action: "claim-review" })).toEqual([]);
    expect(of({ headSha: null, headTree: null })).toEqual([]);
  });
});
