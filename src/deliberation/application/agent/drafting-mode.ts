import type { Member } from "../job.ts";
import type { Session } from "../session.ts";

/** How a member drafts: by one answer, or in a loop within a context of so many tokens. */
export type DraftingMode = { readonly kind: "one-shot" } | { readonly kind: "loop"; readonly contextLength: number };

/** A loop needs room for the case, the code that was read, and the edits; below it one answer does better (tokens). */
export const leastContext = 16_384;

/**
 * How a member drafts, by what is known of its hosts: in a loop where every host that serves its model says that its
 * context is long enough and keeps to a JSON Schema; else by one answer, which asks nothing of a host. Whether a host keeps
 * to a schema is found out only where the context would do. A loop that was begun is gone on with.
 */
export async function draftingMode(session: Session, member: Member, signal: AbortSignal): Promise<DraftingMode> {
  const { models } = session.deps;
  const contextLength = await models.contextLength(member.model, signal);
  const begun = session.notebook.state.agents.some((run) => run.member === member.number);
  if (begun) return { kind: "loop", contextLength: Math.max(contextLength ?? 0, leastContext) };
  if (contextLength === null || contextLength < leastContext) return { kind: "one-shot" };
  const capabilities = await models.capabilities(member.model, signal);
  const suffice = capabilities.length > 0 && capabilities.every(({ jsonSchema }) => jsonSchema === true);
  return suffice ? { kind: "loop", contextLength } : { kind: "one-shot" };
}
