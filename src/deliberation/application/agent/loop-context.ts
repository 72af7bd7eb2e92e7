import { carriesLoop, leastContext } from "../../domain/agent/drafting-mode.ts";
import { late, type Session, stepEndsAt, until } from "../session.ts";
import type { CheckBench } from "./agent-work.ts";

/** What members' loops share, for drafts and for revisions. */
export type Loops = { readonly bench: CheckBench; readonly contextOf: LoopContextOf };

/** Tokens of the context of a loop with a model, or null where members with it draft by one answer. */
export type LoopContextOf = (model: string) => Promise<number | null>;

/**
 * Finds out once for each model whether its members draft in a loop: where every host that serves it is fit for one
 * (`carriesLoop`), since any of them may be asked. Whether a host keeps to a schema is found out only where its context
 * would do. A loop that an earlier worker began is gone on with.
 */
export function createLoopContextOf(session: Session): LoopContextOf {
  const known = new Map<string, Promise<number | null>>();
  return (model) => {
    const asked = known.get(model) ?? loopContext(session, model);
    known.set(model, asked);
    return asked;
  };
}

async function loopContext(session: Session, model: string): Promise<number | null> {
  const { job, notebook, deps } = session;
  const begun = notebook.state.agents.some(({ member }) =>
    job.members.some((each) => each.number === member && each.model === model),
  );
  const context = await until(session, stepEndsAt(session, "drafting"), async (signal) => {
    const length = await deps.models.contextLength(model, signal);
    if (begun || length === null || length < leastContext) return length;
    const capabilities = await deps.models.capabilities(model, signal);
    const fit = capabilities.every(({ jsonSchema }) => carriesLoop({ contextLength: length, jsonSchema }));
    return fit && capabilities.length > 0 ? length : null;
  });
  const length = context === late ? null : context;
  if (begun) return Math.max(length ?? 0, leastContext);
  return length !== null && length >= leastContext ? length : null;
}
