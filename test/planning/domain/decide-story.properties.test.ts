import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { system } from "../../../src/kernel/principal.ts";
import { roles } from "../../../src/kernel/roles.ts";
import { type StoryState, storyStates, taskStates } from "../../../src/kernel/states.ts";
import { decideStory } from "../../../src/planning/domain/decide-story.ts";
import { followStoryTasks } from "../../../src/planning/domain/follow-tasks.ts";
import { newStory } from "../../../src/planning/domain/issue-facts.ts";
import type { Story, TransitionRecord } from "../../../src/planning/domain/story.ts";
import { type StoryAction, storyActions, storyTransition } from "../../../src/planning/domain/story-machine.ts";
import type { StoryRequest, TaskStanding } from "../../../src/planning/domain/story-request.ts";
import { alice, at, holding, issueFacts, planTasks } from "../a-story.ts";

const standings: fc.Arbitrary<readonly TaskStanding[]> = fc
  .array(fc.record({ state: fc.constantFrom(...taskStates), merged: fc.boolean() }), { maxLength: 4 })
  .map((tasks) => tasks.map((task, index) => ({ id: `100-42-p1-t${index + 1}`, number: index + 1, ...task })));

const requests: fc.Arbitrary<StoryRequest> = fc
  .record({
    action: fc.constantFrom(...storyActions),
    role: fc.constantFrom(...roles),
    known: fc.boolean(),
    feedback: fc.constantFrom("", "short", "long enough to be feedback"),
    tasks: standings,
    expectedBodyHash: fc.constantFrom(undefined, "other"),
    delivery: fc.constantFrom(null, "d-1", "d-2", "d-3"),
  })
  .map(({ action, role, known, feedback, tasks, expectedBodyHash, delivery }) => ({
    action,
    principal: role === "system" ? system : alice,
    roles: known ? holding(role) : { known: false, why: "the look-up failed" },
    feedback,
    tasks,
    plan: { tasks: planTasks, source: "typed" },
    deliveryId: delivery,
    at,
    ...(expectedBodyHash === undefined ? {} : { expectedBodyHash }),
  }));

/** The road to the end, so that walks come there; noise is put between its steps. */
const road: readonly StoryRequest[] = storyActions.slice(0, storyActions.indexOf("carry-over")).flatMap((action) =>
  ["reject-scope", "reject-plan", "rework"].includes(action)
    ? []
    : [
        {
          action,
          ...mightyFor(action),
          tasks: [{ id: "100-42-p1-t1", number: 1, state: "done", merged: true }],
          plan: { tasks: planTasks, source: "typed" },
          deliveryId: null,
          at,
        },
      ],
);

const noise = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: requests.map((request) => ({ ...request, ...mightyFor(request.action) })) },
    { weight: 2, arbitrary: requests },
  ),
  { maxLength: 2 },
);

const walks = fc
  .array(noise, { minLength: road.length, maxLength: road.length * 2 })
  .map((rounds) =>
    rounds.flatMap((steps, index) => [...steps, ...road.slice(index % road.length, (index % road.length) + 1)]),
  );

function mightyFor(action: StoryAction): Pick<StoryRequest, "principal" | "roles" | "feedback"> {
  return storyTransition(action).by.every((actor) => actor === "system")
    ? { principal: system, roles: holding("system") }
    : { principal: alice, roles: holding("product-owner"), feedback: "long enough to be feedback" };
}

function walk(steps: readonly StoryRequest[]) {
  let story = newStory(issueFacts());
  /** The story in each state that it was in. */
  const stops: Story[] = [story];
  const records: TransitionRecord[] = [];
  for (const step of steps) {
    const decision = decideStory(story, step);
    if (decision.kind === "moved") {
      story = decision.story;
      stops.push(story);
      records.push(...decision.records);
    }
  }
  return { story, stops, records };
}

describe("any walk through the story's states", () => {
  it("never leaves the states, and takes no action outside its row", () => {
    fc.assert(
      fc.property(walks, (steps) => {
        const { story, records } = walk(steps);
        expect(storyStates).toContain(story.state);
        for (const record of records) {
          const row = storyTransition(record.action);
          expect(row.from).toContain(record.from);
          expect(record.to).toBe(row.to);
          expect(record.role === null ? "issue-author" : record.role).toSatisfy((role: string) =>
            row.by.some((actor) => actor === role),
          );
        }
      }),
    );
  });

  it("leaves records that chain", () => {
    fc.assert(
      fc.property(walks, (steps) => {
        const { story, records } = walk(steps);
        const chain = ["draft", ...records.map((record) => record.to)];
        expect(records.map((record) => record.from)).toEqual(chain.slice(0, -1));
        expect(story.state).toBe(chain.at(-1));
      }),
    );
  });

  it("changes nothing when the last request comes again", () => {
    fc.assert(
      fc.property(walks, (steps) => {
        let story = newStory(issueFacts());
        for (const step of steps) {
          const decision = decideStory(story, step);
          if (decision.kind === "moved") {
            story = decision.story;
            expect(decideStory(story, step)).toEqual({ kind: "unchanged" });
          }
        }
      }),
    );
  });

  it("never approves a text or a plan that is not there", () => {
    const executing: readonly StoryState[] = [
      "ready-for-execution",
      "in-progress",
      "code-review",
      "testing",
      "ready-to-review",
      "accepted",
    ];
    let executed = 0;
    fc.assert(
      fc.property(walks, (steps) => {
        for (const story of walk(steps).stops) {
          if (executing.includes(story.state)) {
            executed += 1;
            expect(story.approvedBodyHash).toBe(story.bodyHash);
            expect(story.plan?.status).toBe("approved");
          }
          if (story.state === "draft" || story.state === "po-review") {
            expect(story.approvedBodyHash).toBeNull();
          }
        }
      }),
    );
    expect(executed).toBeGreaterThan(0);
  });

  it("gives the same decision for the same story and request", () => {
    fc.assert(
      fc.property(walks, requests, (steps, request) => {
        const { story } = walk(steps);
        expect(decideStory(story, request)).toEqual(decideStory(story, request));
      }),
    );
  });
});

describe("following the tasks", () => {
  it("comes to rest, and then has nothing left to do", () => {
    fc.assert(
      fc.property(fc.constantFrom(...storyStates), standings, (state, tasks) => {
        const story = { ...newStory(issueFacts()), state };
        const moved = followStoryTasks(story, tasks, at);
        const rested = moved.kind === "moved" ? moved.story : story;
        expect(followStoryTasks(rested, tasks, at)).toEqual({ kind: "unchanged" });
      }),
    );
  });
});
