import type { Delivery } from "../../github/intake/delivery.ts";
import { issueDeliveryBody } from "./issue-delivery-body.ts";

/** Where the bench's stories are, and who acts: the author, who is the product owner as well. */
export type RoadPlace = {
  readonly installation: number;
  readonly repository: { readonly id: number; readonly owner: string; readonly name: string };
  readonly sender: { readonly id: number; readonly login: string };
};

export type RoadDelivery = Pick<Delivery, "id" | "event" | "rawBody">;

/** The steps of a story on the road; the last two can be taken in turns for ever, each changes the state. */
export type RoadStep = "open" | "submit" | "approve" | "edit";

/** Makes deliveries about stories, as GitHub would send them: each says something newer than the one before. */
export function createRoadDeliveries(
  place: RoadPlace,
  text: { readonly title: string; readonly body: string },
  startedAt: number,
): (step: RoadStep, issueNumber: number) => RoadDelivery {
  let count = 0;
  const bodies = new Map<number, string>();
  return (step, number) => {
    count += 1;
    if (step === "edit") bodies.set(number, `${text.body}\n\nWritten anew, the ${count}th time.`);
    const { action, label, labels } = steps[step];
    const rawBody = issueDeliveryBody({
      ...place,
      action,
      number,
      title: text.title,
      body: bodies.get(number) ?? text.body,
      labels: label === null ? labels : [...labels, label],
      label,
      updatedAt: startedAt + count * 1_000,
    });
    return { id: `road-${startedAt}-${count}`, event: "issues", rawBody };
  };
}

const steps = {
  open: { action: "opened", labels: ["fleet:story"], label: null },
  submit: { action: "labeled", labels: ["fleet:story", "story/draft"], label: "story/po-review" },
  approve: { action: "labeled", labels: ["fleet:story", "story/po-review"], label: "story/ready-for-planning" },
  edit: { action: "edited", labels: ["fleet:story", "story/ready-for-planning"], label: null },
} as const;
