import type { PlanTask } from "../../src/kernel/plan.ts";
import type { HumanPrincipal } from "../../src/kernel/principal.ts";
import type { Role, RoleAnswer } from "../../src/kernel/roles.ts";
import { type IssueFacts, newStory } from "../../src/planning/domain/issue-facts.ts";
import { planHash } from "../../src/planning/domain/plan.ts";
import type { Plan, Story } from "../../src/planning/domain/story.ts";
import type { StoryRequest } from "../../src/planning/domain/story-request.ts";

export const readyBody = `### As a

shopper

### I want

to see what the cart costs before I pay

### So that

I am not surprised

### Acceptance criteria

- Given an empty cart, when I open it, then the total is 0
- Given two items of 3 €, when I open the cart, then the total is 6 €

### Affected area

src/cart/total.ts
`;

export const alice: HumanPrincipal = { kind: "human", id: 1, login: "alice" };
export const author: HumanPrincipal = { kind: "human", id: 7, login: "olga" };
export const at = "2026-03-01T10:00:00.000Z";

export function holding(...roles: Role[]): RoleAnswer {
  return { known: true, roles };
}

export function issueFacts(changes: Partial<IssueFacts> = {}): IssueFacts {
  return {
    installation: 11,
    repository: 100,
    owner: "acme",
    repo: "shop",
    issueNumber: 42,
    title: "Show the total of the cart",
    body: readyBody,
    labels: ["fleet:story"],
    openBlockers: 0,
    milestone: null,
    author: { id: author.id, login: author.login },
    updatedAt: at,
    deliveryId: "d-1",
    ...changes,
  };
}

export const planTasks: readonly PlanTask[] = [
  {
    number: 1,
    title: "Sum the items",
    description: "",
    type: "code",
    role: "developer",
    estimateHours: 2,
    dependsOn: [],
    covers: [1, 2],
  },
  {
    number: 2,
    title: "Show the sum",
    description: "",
    type: "code",
    role: "developer",
    estimateHours: 1,
    dependsOn: [1],
    covers: [2],
  },
];

export function aPlan(changes: Partial<Plan> = {}): Plan {
  return {
    version: 1,
    hash: planHash(planTasks),
    tasks: planTasks,
    source: "typed",
    status: "proposed",
    derivedAt: at,
    ...changes,
  };
}

/** A story that satisfies every guard about its text and plan, in any state. */
export function aStory(changes: Partial<Story> = {}): Story {
  const story = newStory(issueFacts());
  return { ...story, approvedBodyHash: story.bodyHash, plan: aPlan(), ...changes };
}

export function aRequest(changes: Partial<StoryRequest> & Pick<StoryRequest, "action">): StoryRequest {
  return { principal: alice, roles: holding("product-owner"), deliveryId: null, at, ...changes };
}
