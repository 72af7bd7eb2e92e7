import { describe, expect, it } from "vitest";
import type { EventBody, FleetEvent } from "../../../src/kernel/event.ts";
import type { TaskId } from "../../../src/kernel/ids.ts";
import { createEvent } from "../../../src/kernel/new-event.ts";
import { findTasks, getTask, listTaskHistory } from "../../../src/workflow/application/find-tasks.ts";
import { recordMerge } from "../../../src/workflow/application/record-merge.ts";
import { workflowSubscriber } from "../../../src/workflow/infrastructure/workflow-subscriber.ts";
import {
  ask,
  create,
  first,
  plan,
  push,
  review,
  second,
  stateOf,
  toApproval,
  typesOf,
  useWorld,
  world,
} from "../a-run.ts";
import { agent, dev, feedback, reviewer } from "../a-task.ts";

useWorld();

describe("workflow's subscriber", () => {
  let events = 0;

  function event(body: EventBody, task: TaskId | null = null): FleetEvent {
    events += 1;
    return createEvent(body, {
      id: `01EVENT${events}`,
      now: world.now(),
      producer: "test",
      correlationId: "d-1",
      causationId: null,
      subject: { installation: 11, repository: 100, story: "100-42", task },
    });
  }

  function approved(): FleetEvent {
    const payload = { planVersion: 1, planHash: "h", tasks: [...plan], principal: reviewer };
    return event({ type: "planning.plan.approved", payload });
  }

  function storyMoved(action: string, reason: string | null = null): FleetEvent {
    const payload = {
      action,
      principal: reviewer,
      role: "product-owner",
      reason,
      deliveryId: null,
      from: "testing",
      to: "draft",
    } as const;
    return event({ type: "planning.story.transitioned", payload });
  }

  /** The event of the task's last transition, as the relay brings it. */
  async function lastTransition(): Promise<FleetEvent> {
    const last = (await world.events()).filter((candidate) => candidate.type === "workflow.task.transitioned").at(-1);
    if (last === undefined) {
      throw new Error("There was no transition.");
    }
    return last;
  }

  it("creates and assigns the tasks of an approved plan, once", async () => {
    const subscriber = workflowSubscriber(world.deps);
    const event = approved();
    await subscriber.handle(event);
    await subscriber.handle(event);
    expect([await stateOf(), await stateOf(second)]).toEqual(["implementing", "todo"]);
    expect(
      (await world.events()).every((entry) => entry.correlationId === "d-1" && entry.causationId === event.id),
    ).toBe(true);
    expect(await typesOf()).toEqual(["task.created", "task.transitioned", "task.assigned"]);
  });

  it.each(["reset", "re-estimate", "invalidate-scope", "cancel", "archive"])(
    "cancels the open tasks after %s",
    async (action) => {
      const subscriber = workflowSubscriber(world.deps);
      await subscriber.handle(approved());
      await subscriber.handle(storyMoved(action, feedback));
      expect([await stateOf(), await stateOf(second)]).toEqual(["cancelled", "cancelled"]);
      expect((await listTaskHistory(world.deps, first)).at(-1)?.reason).toBe(`The story: ${action}: ${feedback}`);
    },
  );

  it("does not cancel the tasks of a plan that was approved since", async () => {
    const subscriber = workflowSubscriber(world.deps);
    const reset = storyMoved("reset");
    world.pass(1000);
    await subscriber.handle(approved());
    await subscriber.handle(reset);
    expect(await stateOf()).toBe("implementing");
    await subscriber.handle(storyMoved("reset"));
    expect((await listTaskHistory(world.deps, first)).at(-1)?.reason).toBe("The story: reset.");
  });

  it("goes on with a story that continues, and leaves other moves alone", async () => {
    const subscriber = workflowSubscriber(world.deps);
    world.story = world.story && { ...world.story, executing: false };
    await subscriber.handle(approved());
    await subscriber.handle(storyMoved("carry-over"));
    expect(await stateOf()).toBe("todo");
    world.story = world.story && { ...world.story, executing: true };
    await subscriber.handle(storyMoved("continue"));
    expect(await stateOf()).toBe("implementing");
  });

  it("lets the council answer a rejection, as long as it has rounds", async () => {
    const subscriber = workflowSubscriber(world.deps);
    world.policy = { ...world.policy, maxRounds: 2 };
    await subscriber.handle(approved());
    await push(agent, "a");
    await review("reject", "a");
    const rejected = await lastTransition();
    await subscriber.handle(rejected);
    await subscriber.handle(rejected);
    expect(await getTask(world.deps, first)).toMatchObject({ state: "implementing", round: 2 });
    expect((await world.events()).at(-1)).toMatchObject({
      payload: { round: 2, feedback: [feedback] },
      causationId: rejected.id,
    });
    await push(agent, "b");
    await review("reject", "b");
    await subscriber.handle(await lastTransition());
    expect(await stateOf()).toBe("arch-rejected");
  });

  it("lets the council answer the product owner's rejection, or gives the task back with the reason", async () => {
    const subscriber = workflowSubscriber(world.deps);
    world.policy = { ...world.policy, maxRounds: 2 };
    await subscriber.handle(approved());
    for (const sha of ["a", "b"]) {
      await push(agent, sha);
      await review("approve", sha);
      await review("approve", sha);
      await review("reject", sha);
      expect(await stateOf()).toBe("implementing");
      const rejected = await lastTransition();
      await subscriber.handle(rejected);
      await subscriber.handle(rejected);
    }
    const assigned = (await world.events()).filter((entry) => entry.type === "workflow.task.assigned");
    expect(assigned.map((entry) => entry.payload.round)).toEqual([1, 2]);
    expect(await getTask(world.deps, first)).toMatchObject({
      state: "todo",
      councilGaveUp: "The council has used its 2 rounds.",
    });
  });

  it.each([
    ["available", { start: "auto", available: false, maxRounds: 9 }, "No model host is configured."],
    ["start", { start: "command", available: true, maxRounds: 9 }, "Councils start on command in this repository."],
  ] as const)(
    "gives the task back after the product owner's rejection where the policy forbids: %s",
    async (_name, policy, why) => {
      const subscriber = workflowSubscriber(world.deps);
      await subscriber.handle(approved());
      await push(agent, "a");
      await review("approve", "a");
      await review("approve", "a");
      await review("reject", "a");
      world.policy = policy;
      await subscriber.handle(await lastTransition());
      expect(await getTask(world.deps, first)).toMatchObject({ state: "todo", councilGaveUp: why });
    },
  );

  it("leaves a person's rejected work to the person", async () => {
    const subscriber = workflowSubscriber(world.deps);
    await create();
    await ask("claim-task", dev);
    await push(dev, "a");
    await review("reject", "a");
    await subscriber.handle(await lastTransition());
    expect(await stateOf()).toBe("arch-rejected");
  });

  it("takes the task from a council that failed, of this round only", async () => {
    const subscriber = workflowSubscriber(world.deps);
    await subscriber.handle(approved());
    const failed = (round: number, kind: "plan" | "implementation" = "implementation") =>
      event(
        { type: "deliberation.failed", payload: { deliberationId: `${first}-r${round}`, kind, reason: "no sandbox" } },
        first,
      );
    await subscriber.handle(failed(2));
    await subscriber.handle(failed(1, "plan"));
    expect(await stateOf()).toBe("implementing");
    const work = { deliberationId: `${first}-r1`, round: 1, reason: "nobody passed" };
    await subscriber.handle(event({ type: "agent.work.failed", payload: work }, first));
    await subscriber.handle(failed(1));
    expect(await getTask(world.deps, first)).toMatchObject({ state: "todo", councilGaveUp: "nobody passed" });
  });

  it("assigns what waited once a task is done and merged", async () => {
    const subscriber = workflowSubscriber(world.deps);
    world.policy = { ...world.policy, start: "command" };
    await create();
    await toApproval(first);
    await recordMerge(world.deps, { taskId: first, mergeSha: "m" });
    world.policy = { ...world.policy, start: "auto" };
    await ask("approve-story", reviewer);
    await subscriber.handle(await lastTransition());
    expect(await stateOf(second)).toBe("implementing");
  });

  it("ignores what is about nothing that it knows", async () => {
    const subscriber = workflowSubscriber(world.deps);
    const stray = storyMoved("reset");
    await subscriber.handle({ ...stray, subject: { ...stray.subject, story: "x", task: "y" } });
    await subscriber.handle({ ...stray, subject: { ...stray.subject, story: null } });
    expect(await findTasks(world.deps, {})).toEqual([]);
  });
});
