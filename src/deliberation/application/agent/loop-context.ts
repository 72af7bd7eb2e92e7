import { draftingModeOf, leastContext } from "../../domain/agent/drafting-mode.ts";
import type { Member } from "../job.ts";
import type { Session } from "../session.ts";

/**
 * The context of a member's loop in tokens, or null where it drafts by one answer: where one host of those that serve its
 * model is not fit for a loop (`draftingModeOf`), since any of them may be asked. Whether a host keeps to a schema is found
 * out only where its context would do. A loop that was begun is gone on with.
 */
export async function loopContext(session: Session, member: Member, signal: AbortSignal): Promise<number | null> {
  const { models } = session.deps;
  const contextLength = await models.contextLength(member.model, signal);
  const begun = session.notebook.state.agents.some((run) => run.member === member.number);
  if (begun) return Math.max(contextLength ?? 0, leastContext);
  if (contextLength === null || contextLength < leastContext) return null;
  const capabilities = await models.capabilities(member.model, signal);
  const fit = capabilities.every(({ jsonSchema }) => draftingModeOf({ contextLength, jsonSchema }) === "loop");
  return fit && capabilities.length > 0 ? contextLength : null;
}
