import { expect, it } from "vitest";
import { readCouncilFigures, readStatistics } from "../../../src/deliberation/application/read-statistics.ts";
import { recordReport } from "../../../src/deliberation/application/record-report.ts";
import { assigned, deliberationsOfEachTest, implementation } from "../a-deliberation.ts";

const open = deliberationsOfEachTest();

it("the figures of finished councils come from the graph, of one repository or of all", async () => {
  const { deps, subscriber } = await open();
  const asked: (readonly string[])[] = [];
  const approvedTasks = async (tasks: readonly string[]) => {
    asked.push(tasks);
    return new Set(tasks);
  };
  const of = (repository: number | null) => readStatistics({ ...deps, approvedTasks }, repository);
  await subscriber.handle(assigned(1));
  expect((await of(7)).councils).toBe(0);
  await recordReport(deps, { kind: "finished", deliberationId: "7-12-p1-t1-r1", outcome: implementation });
  expect(await of(7)).toMatchObject({
    councils: 1,
    ended: { completed: 1 },
    passAt1: 1,
    firstTryApproval: 1,
    tokens: { in: 10, out: 5 },
    wallMs: { p50: 100 },
    lostAt: { regressions: 1 },
    seats: expect.arrayContaining([
      { model: "m", temperature: 0.2, asked: 1, candidates: 2, applied: 2, passed: 1, won: 1 },
    ]),
  });
  expect((await of(null)).councils).toBe(1);
  expect((await of(8)).councils).toBe(0);
  expect(await readCouncilFigures({ ...deps, approvedTasks })).toMatchObject([
    {
      ...{ repository: 7, kind: "implementation" },
      statistics: { councils: 1, passAt1: 1, firstTryApproval: 1, roundsToApproval: 1, lostAt: { regressions: 1 } },
    },
  ]);
  expect(asked.at(-1)).toEqual(["7-12-p1-t1"]);
});
