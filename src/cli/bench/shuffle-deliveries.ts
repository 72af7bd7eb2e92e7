import { z } from "zod";
import type { Delivery } from "../../github/intake/delivery.ts";
import { createRandom } from "./seeded-random.ts";

/** One delivery in its turn; `settle`: everything that follows from what came before has to be over. */
export type Turn = { readonly delivery: Delivery; readonly settle: boolean };

const shape = z.object({
  action: z.string().optional(),
  sender: z.object({ type: z.string().optional() }).optional(),
  issue: z.object({ number: z.int() }).optional(),
  pull_request: z.object({ head: z.object({ ref: z.string() }) }).optional(),
  ref: z.string().optional(),
  comment: z.object({ body: z.string() }).optional(),
});

/** Events by which a person asks for something; all others tell of facts. */
const requests: Readonly<Record<string, readonly string[]>> = {
  issues: ["labeled", "unlabeled", "closed", "reopened"],
  issue_comment: ["created"],
  pull_request: ["labeled", "unlabeled", "closed", "reopened", "synchronize"],
  pull_request_review: ["submitted"],
  pull_request_review_comment: ["created"],
};

/** Whether a person asks for something with it. A push by which work is handed in is such an act too. */
export function isRequest({ event, rawBody }: Delivery): boolean {
  const payload = shape.parse(JSON.parse(rawBody));
  if (isBot(payload)) return false;
  if (event === "push") return payload.ref?.startsWith("refs/heads/fleet/") === true;
  return requests[event]?.includes(payload.action ?? "") === true;
}

function isBot({ sender }: z.infer<typeof shape>): boolean {
  return sender?.type === "Bot";
}

/** A fact, and how many requests came before it where it is an echo of the fleet's own doing. */
type Fact = { readonly delivery: Delivery; readonly after: number };

function factsOf(recorded: readonly Delivery[]): Fact[] {
  let asked = 0;
  const facts: Fact[] = [];
  for (const delivery of recorded) {
    if (isRequest(delivery)) asked += 1;
    else facts.push({ delivery, after: isBot(shape.parse(JSON.parse(delivery.rawBody))) ? asked : 0 });
  }
  return facts;
}

/**
 * Deliveries in another order, and some of them again and again, by a seed.
 *
 * What a person asks for depends on what was there when it was asked: a label that asks for a plan's approval means
 * something else before there is a plan. So requests keep the order in which GitHub made them, each after what followed
 * from the one before, as people wait for it too. What the fleet itself did is told of at any time after it did so: no
 * echo comes before its call. Everything else comes at any time: facts (an issue opened or edited, a check run) before or
 * long after what they tell of, and each delivery that was handed in, request, echo or fact, again at any later time.
 */
export function shuffleDeliveries(recorded: readonly Delivery[], count: number, seed: number): readonly Turn[] {
  const random = createRandom(seed);
  const pick = (below: number) => Math.floor(random() * below);
  const asked = recorded.filter(isRequest);
  const facts = factsOf(recorded);
  const repeats = Math.max(0, count - recorded.length);
  const turns: Turn[] = [];
  const done: Delivery[] = [];
  let nextAsked = 0;
  let left = asked.length + facts.length + repeats;
  while (left > 0) {
    const chance = pick(left);
    const openRequests = asked.length - nextAsked;
    const request = asked[nextAsked];
    const fact = facts[pick(facts.length)];
    const repeat = done[pick(done.length)];
    if (chance < openRequests && request !== undefined) {
      nextAsked += 1;
      turns.push({ delivery: request, settle: true });
      done.push(request);
    } else if (chance < openRequests + facts.length && fact !== undefined) {
      if (fact.after > nextAsked) continue;
      facts.splice(facts.indexOf(fact), 1);
      turns.push({ delivery: fact.delivery, settle: false });
      done.push(fact.delivery);
    } else if (repeat !== undefined) {
      turns.push({ delivery: repeat, settle: false });
    } else continue;
    left -= 1;
  }
  return turns;
}
