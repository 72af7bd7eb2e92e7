import { availableParallelism } from "node:os";
import type { Environment } from "../platform/config/environment.ts";

/**
 * How many runs of the sandbox one process has at once. On this machine a core each, and never one alone, since its tests
 * may wait more than they compute; the pods of a cluster are not this machine's, so there it is what the operator says
 * (`FLEET_KUBERNETES_JOBS`).
 */
export function runsAtOnce(sandbox: Environment["sandbox"]): number {
  return typeof sandbox === "object" ? sandbox.jobs : Math.max(2, availableParallelism());
}
