import { z } from "zod";
import type { EndedBy } from "../../application/ports.ts";
import { cleanText } from "../../domain/checks/failure-lines.ts";

const told = { reason: z.string().optional(), message: z.string().optional() };

/** What is read of a pod. */
export const podSchema = z.object({
  status: z
    .object({
      phase: z.string().optional(),
      ...told,
      conditions: z.array(z.object({ type: z.string(), status: z.string(), ...told })).default([]),
      containerStatuses: z
        .array(
          z.object({
            state: z
              .object({
                waiting: z.object(told).optional(),
                running: z.object({}).optional(),
                terminated: z.object({ exitCode: z.int(), ...told }).optional(),
              })
              .default({}),
          }),
        )
        .default([]),
    })
    .default({ conditions: [], containerStatuses: [] }),
});

export type Pod = z.output<typeof podSchema>;

/**
 * How a run stands. `hopeless`: no waiting makes it start. `ended` by null: the command itself, with its exit code; by
 * `refused`: the cluster took it away, which says nothing about the command.
 */
export type PodState =
  | { readonly kind: "waiting"; readonly why: string; readonly hopeless: boolean }
  | { readonly kind: "running" }
  | { readonly kind: "ended"; readonly by: null; readonly exitCode: number }
  | { readonly kind: "ended"; readonly by: Exclude<EndedBy, "exit" | "signal">; readonly reason: string };

/** Reasons for which a container waits and that only somebody can mend. */
const hopeless = /^(?:InvalidImageName|ErrImageNeverPull|ImagePullBackOff|CreateContainerConfigError)$/;

/** Reasons of a container that the node could not start at all. */
const notStarted = /^(?:StartError|ContainerCannotRun|CreateContainerError|RunContainerError)$/;

/** How the node words an eviction for what the pod itself stored, and not for what the node lacks. */
const overfull = /exceed(?:s|ed)\b.*\blimit\b/i;

/** Reads a pod's state by what the cluster says of it, never by what the command printed or left as its last message. */
export function podState({ status }: Pod): PodState {
  const { reason = "", message = "", phase } = status;
  const state = status.containerStatuses[0]?.state ?? {};
  if (reason === "DeadlineExceeded") return { kind: "ended", by: "time", reason: "ran longer than its pod may" };
  if (reason === "Evicted" && overfull.test(message))
    return { kind: "ended", by: "disk", reason: `stored more than it may (${sentence(message)})` };
  const { terminated, waiting } = state;
  if (phase === "Succeeded" && terminated !== undefined)
    return { kind: "ended", by: null, exitCode: terminated.exitCode };
  const disrupted = status.conditions.find((each) => each.type === "DisruptionTarget" && each.status === "True");
  if (disrupted !== undefined || reason !== "")
    return lost([disrupted?.reason ?? reason, disrupted?.message ?? message].filter((text) => text !== "").join(": "));
  if (terminated !== undefined) {
    if (terminated.reason === "OOMKilled")
      return { kind: "ended", by: "memory", reason: "used more memory than it may have" };
    if (notStarted.test(terminated.reason ?? ""))
      return { kind: "ended", by: "refused", reason: `could not be started: ${sentence(terminated.message ?? "")}` };
    return { kind: "ended", by: null, exitCode: terminated.exitCode };
  }
  if (phase === "Failed" || phase === "Unknown") return lost(`its pod is ${phase}`);
  if (state.running !== undefined) return { kind: "running" };
  const unscheduled = status.conditions.find((each) => each.type === "PodScheduled" && each.status === "False");
  const { reason: kind = "", message: what = "" } = waiting ?? unscheduled ?? {};
  return {
    kind: "waiting",
    why: sentence([kind, what].filter((text) => text !== "").join(": ")),
    hopeless: hopeless.test(kind),
  };
}

/** The end of a run whose pod the cluster took away. */
export function lost(why: string): PodState {
  return { kind: "ended", by: "refused", reason: `was ended by the cluster: ${sentence(why)}` };
}

function sentence(text: string): string {
  return cleanText(text.replace(/\s+/g, " "), 200).replace(/\.$/, "");
}
