import type { FleetConfiguration } from "../github/configuration/fleet-configuration.ts";
import type { DecisionTime } from "../planning/domain/story-deadline.ts";
import type { SlaPolicy } from "../workflow/domain/deadlines.ts";

const hourMs = 60 * 60 * 1000;

/** `sla` of `.github/fleet.yml`, in hours there, as workflow counts; and who decides about the tests. */
export function slaPolicyOf({ sla, gates }: FleetConfiguration): SlaPolicy {
  return {
    leaseMs: sla["claim-lease"] * hourMs,
    deadlineMs: {
      review: sla.review * hourMs,
      qa: sla.qa * hourMs,
      "product-owner": sla["product-owner"] * hourMs,
      task: sla.task * hourMs,
    },
    quiet: sla.quiet ?? null,
    testedByChecks: gates.testing === "checks",
  };
}

/** The same as planning counts: the product owner has one time, on a task and on a story. */
export function decisionTimeOf({ deadlineMs, quiet }: SlaPolicy): DecisionTime {
  return { decisionMs: deadlineMs["product-owner"], quiet };
}
