import { failureText } from "../present/replies.ts";
import { type EnqueueWrite, writeTargetSchema } from "./write-target.ts";

/**
 * Tells who asked for a write that it failed for good: of all targets only an update of a branch (`/rebase`) has somebody
 * who waits and has not been told anything else. What shows a state is written again with the next change of it.
 */
export async function reportFailedWrite(write: EnqueueWrite, data: unknown, incident: string): Promise<void> {
  const target = writeTargetSchema.safeParse(data).data;
  if (target?.kind !== "update-branch") return;
  const { ref, issueNumber, trigger } = target;
  await write({ kind: "reply", ref, issueNumber, trigger, text: failureText("`/rebase`", incident) });
}
