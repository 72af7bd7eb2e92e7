import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Principal, principalKey, system } from "../../../src/kernel/principal.ts";
import { roles } from "../../../src/kernel/roles.ts";
import { type TaskState, taskStates } from "../../../src/kernel/states.ts";
import { decideTask } from "../../../src/workflow/domain/decide-task.ts";
import type { Task, TransitionRecord } from "../../../src/workflow/domain/task.ts";
import { taskActions, taskRows, taskTransition } from "../../../src/workflow/domain/task-machine.ts";
import type { TaskRequest } from "../../../src/workflow/domain/task-request.ts";
import { agent, aTask, dev, holding, now, reviewer } from "../a-task.ts";

const principals: fc.Arbitrary<Principal> = fc.constantFrom(dev, reviewer, agent, system);
const trees = fc.constantFrom("tree-1", "tree-2", "tree-3");

const requests: fc.Arbitrary<TaskRequest> = fc
  .record({
    action: fc.constantFrom(...taskActions),
    principal: principals,
    role: fc.constantFrom(...roles),
    known: fc.boolean(),
    feedback: fc.constantFrom("", "short", "long enough to be feedback", "another feedback of that length"),
    headTree: trees,
    checksGreen: fc.boolean(),
    onBranch: fc.boolean(),
    delivery: fc.constantFrom(null, "d-1", "d-2"),
    after: fc.integer({ min: 0, max: 4 * 60 * 60 * 1000 }),
  })
  .map(({ role, known, delivery, after, headTree, ...rest }) => ({
    ...rest,
    headTree,
    headSha: headTree.replace("tree", "sha"),
    authors: [principalKey(rest.principal)],
    roles: known ? holding(role) : { known: false, why: "the look-up failed" },
    deliveryId: delivery,
    now: now + after,
  }));

/** A request by somebody who may, with its guard fulfilled, so that walks come far. */
function mighty(request: TaskRequest): TaskRequest {
  const row = taskTransition(request.action);
  const isSystem = row.by.every((actor) => actor === "system");
  return {
    ...request,
    principal: isSystem ? system : request.principal,
    roles: holding(...roles),
    feedback: "long enough to be feedback",
    checksGreen: true,
    checksSay: { passed: true, standing: "green" },
    onBranch: true,
  };
}

/** The road to the end, so that walks come there; noise is put between its steps. */
const road: readonly TaskRequest[] = (
  [
    ["claim-task", dev],
    ["commit-code", dev],
    ["claim-review", reviewer],
    ["approve-design", reviewer],
    ["claim-testing", reviewer],
    ["approve-tests", reviewer],
    ["approve-story", reviewer],
  ] as const
).map(([action, principal]) => ({
  action,
  principal,
  roles: holding(...roles),
  checksGreen: true,
  onBranch: true,
  authors: [principalKey(principal)],
  headSha: "sha-1",
  headTree: "tree-1",
  now,
}));

const noise = fc.array(fc.oneof({ weight: 1, arbitrary: requests.map(mighty) }, { weight: 3, arbitrary: requests }), {
  maxLength: 3,
});

const walks = fc
  .array(fc.tuple(noise, noise, noise, noise, noise, noise, noise), { minLength: 1, maxLength: 3 })
  .map((rounds) =>
    rounds.flatMap((round) => round.flatMap((steps, index) => [...steps, ...road.slice(index, index + 1)])),
  );

function fresh(): Task {
  return aTask({ assignee: null, round: 0, headSha: null, headTree: null, authors: [], approvals: [] });
}

function walk(steps: readonly TaskRequest[]): { task: Task; records: readonly TransitionRecord[] } {
  let task = fresh();
  const records: TransitionRecord[] = [];
  for (const step of steps) {
    const decision = decideTask(task, step);
    if (decision.kind === "moved") {
      task = decision.task;
      records.push(...decision.records);
    }
  }
  return { task, records };
}

describe("any walk through the task's states", () => {
  it("never leaves the states, never rests in a routing state, and takes no action outside its row", () => {
    const routing: readonly TaskState[] = taskRows.flatMap((row) => (row.via === null ? [] : [row.via.state]));
    fc.assert(
      fc.property(walks, (steps) => {
        const { task, records } = walk(steps);
        expect(taskStates).toContain(task.state);
        expect(routing).not.toContain(task.state);
        for (const record of records) {
          const row = taskRows.find((candidate) => candidate.action === record.action);
          const route = taskRows.find((candidate) => candidate.via?.action === record.action);
          expect(row?.from ?? [route?.via?.state]).toContain(record.from);
          expect(record.to).toBe(row === undefined ? route?.to : (row.via?.state ?? row.to));
        }
      }),
    );
  });

  it("leaves records that chain", () => {
    fc.assert(
      fc.property(walks, (steps) => {
        const { task, records } = walk(steps);
        const chain = ["todo", ...records.map((record) => record.to)];
        expect(records.map((record) => record.from)).toEqual(chain.slice(0, -1));
        expect(task.state).toBe(chain.at(-1));
      }),
    );
  });

  it("changes nothing when the last request comes again", () => {
    fc.assert(
      fc.property(walks, (steps) => {
        let task = fresh();
        for (const step of steps) {
          const decision = decideTask(task, step);
          if (decision.kind === "moved") {
            task = decision.task;
            expect(decideTask(task, step)).toEqual({ kind: "unchanged" });
          }
        }
      }),
    );
  });

  it("is never done without three approvals of its head tree, none by an author", () => {
    let ends = 0;
    fc.assert(
      fc.property(walks, (steps) => {
        let task = fresh();
        for (const step of steps) {
          const decision = decideTask(task, step);
          if (decision.kind === "moved") {
            task = decision.task;
          }
          if (task.state === "done") {
            ends += 1;
            expect(task.approvals.map((approval) => approval.role).sort()).toEqual([
              "architect",
              "product-owner",
              "qa",
            ]);
            expect(task.approvals.every((approval) => approval.tree === task.headTree)).toBe(true);
            const approvers = task.approvals.map((approval) => principalKey(approval.principal));
            expect(approvers.filter((approver) => task.authors.includes(approver))).toEqual([]);
          }
        }
      }),
    );
    expect(ends).toBeGreaterThan(10);
  });

  it("holds a lease exactly while somebody implements", () => {
    fc.assert(
      fc.property(walks, (steps) => {
        const { task } = walk(steps);
        expect(task.leaseExpiresAt !== null).toBe(task.state === "implementing");
        expect(task.state !== "implementing" || task.assignee !== null).toBe(true);
      }),
    );
  });

  it("can end from every state that it reaches", () => {
    fc.assert(
      fc.property(walks, (steps) => {
        const { task } = walk(steps);
        const discard = decideTask(task, {
          action: "discard-task",
          principal: reviewer,
          roles: holding("product-owner"),
          feedback: "not needed any more",
          now,
        });
        expect(task.state === "done" || task.state === "cancelled" || discard.kind === "moved").toBe(true);
      }),
    );
  });
});

describe("the table", () => {
  it("leads from every resting state to done by rows alone", () => {
    const reaches = new Set<TaskState>(["done"]);
    for (let round = 0; round < taskStates.length; round += 1) {
      for (const row of taskRows) {
        if (reaches.has(row.to)) {
          for (const state of row.from) {
            reaches.add(state);
          }
        }
      }
    }
    const resting = taskStates.filter((state) => !["dev-completed", "arch-approved", "cancelled"].includes(state));
    expect(resting.filter((state) => !reaches.has(state))).toEqual([]);
  });
});
