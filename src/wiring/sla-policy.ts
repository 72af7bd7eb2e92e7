import type { FleetConfiguration } from "../github/configuration/fleet-configuration.ts";
import type { SlaPolicy } from "../workflow/domain/deadlines.ts";

const hourMs = 60 * 60 * 1000;

/** `sla` of `.github/fleet.yml`, in hours there, as workflow counts. */
export function slaPolicyOf({ sla }: FleetConfiguration): SlaPolicy {
  return {
    leaseMs: sla["claim-lease"] * hourMs,
    deadlineMs: {
      review: sla.review * hourMs,
      qa: sla.qa * hourMs,
      "product-owner": sla["product-owner"] * hourMs,
      task: sla.task * hourMs,
    },
    quiet: sla.quiet ?? null,
  };
}
