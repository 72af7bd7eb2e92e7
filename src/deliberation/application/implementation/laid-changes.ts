import type { Draft } from "../saved-state.ts";
import type { Session } from "../session.ts";
import { applyAnswers } from "./apply-answers.ts";
import { type LaidChange, layChange } from "./lay-change.ts";
import { type Ahead, openAhead } from "./open-ahead.ts";
import { openWorkspace } from "./workspace-of.ts";

/** The candidates' changes in fresh checkouts, ready for the checks. */
export type LaidChanges = {
  /** Lays a candidate's change as soon as it is known, while others' models still answer. */
  prepare(draft: Draft): void;
  /** The candidate's change in its checkout, laid now where it is not yet. `close` is the caller's from here on. */
  take(draft: Draft): Ahead<LaidChange>;
  /** Closes what was prepared and never taken. */
  close(): Promise<void>;
};

/** Candidates are built anew from their answers, each in a checkout of its own. */
export function createLaidChanges(session: Session): LaidChanges {
  const { job, deps } = session;
  const prepared = new Map<string, Ahead<LaidChange>>();

  const lay = (draft: Draft): Ahead<LaidChange> =>
    openAhead(
      () => openWorkspace(session, job.source?.startSha ?? "", `check-${draft.id}`),
      (workspace) =>
        layChange(workspace, deps.prompting, async () => {
          await applyAnswers(workspace, draft.answers);
          return { problem: draft.problem, findings: [] };
        }),
    );

  return {
    prepare(draft) {
      if (draft.abstained === null && !prepared.has(draft.id)) prepared.set(draft.id, lay(draft));
    },
    take(draft) {
      const change = prepared.get(draft.id) ?? lay(draft);
      prepared.delete(draft.id);
      return change;
    },
    async close() {
      await Promise.all([...prepared.values()].map((each) => each.close()));
      prepared.clear();
    },
  };
}
