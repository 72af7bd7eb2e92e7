import { toIso } from "../../kernel/clock.ts";
import { counted } from "../domain/counted.ts";
import type { Deliberation, Restarts } from "../domain/deliberation.ts";
import { isFinalStatus } from "../domain/deliberation-status.ts";
import type { RestartAnswer, RestartReport } from "./job.ts";
import { type StillWantedDeps, stillWanted } from "./still-wanted.ts";
import type { DeliberationUseCaseDeps } from "./use-case-ports.ts";

export type GoOnDeps = StillWantedDeps &
  Pick<DeliberationUseCaseDeps, "graph" | "deliberations" | "clock" | "sourceOf" | "buildContext" | "happenedSince">;

/**
 * Answers a worker that took up what another one had begun. The story's session says what happened in it since the council began:
 * where nothing did, its members know all there is, and the rest of the council is what it would have been. Else their context is
 * built anew, for the same commit, and those that go on are given that one. The restart is kept in the deliberation's record.
 */
export async function goOnAfterRestart(deps: GoOnDeps, report: RestartReport): Promise<RestartAnswer> {
  const { deliberationId: id, times, saved } = report;
  const deliberation = await deps.graph.read((tx) => deps.deliberations.load(tx, id));
  if (deliberation === null || isFinalStatus(deliberation.status)) return null;
  const { happened, fresh } = await sinceItBegan(deps, deliberation);
  const answer = fresh === null || fresh.context.hash === report.contextHash ? null : fresh;
  await deps.graph.write(async (tx) => {
    const present = await deps.deliberations.loadForChange(tx, id);
    if (present === null || isFinalStatus(present.status)) return;
    // Who was told at an earlier restart knows it still.
    const told = answer !== null || present.restarts?.told === true;
    const restarts: Restarts = { times, at: toIso(deps.clock()), happened, told };
    const note = restartNote(saved, answer === null ? undefined : happened.at(-1));
    await deps.deliberations.save(tx, { ...present, ...contextOf(answer), note, restarts });
  });
  return answer;
}

async function sinceItBegan(deps: GoOnDeps, deliberation: Deliberation) {
  const { kind, startSha, startedAt: since, members } = deliberation;
  const wanted = await stillWanted(deps, deliberation);
  // Nobody waits for it any more: what took its task, plan or ceremony away ends it by its own event.
  if (wanted === null) return { happened: [], fresh: null };
  const { story, task, feedback } = wanted;
  const happened = await deps.happenedSince({ kind, story, task, since });
  if (happened.length === 0) return { happened, fresh: null };
  const found = startSha === null ? null : await deps.sourceOf(story, task?.branch ?? null);
  const source = found === null || startSha === null ? null : { ...found, startSha };
  const models = [...new Set(members.map(({ model }) => model))];
  return { happened, fresh: await deps.buildContext({ kind, story, task, feedback, source, models }) };
}

function contextOf(answer: RestartAnswer): Partial<Deliberation> {
  if (answer === null) return {};
  const { hash, tokens, countedBy } = answer.context;
  return { contextHash: hash, contextTokens: { count: tokens, by: countedBy } };
}

/** A sentence or two for people (`news`: why the context is another one); the next step's note follows it. */
function restartNote({ drafts, turns }: RestartReport["saved"], news: string | undefined): string {
  const from = [...(drafts === 0 ? [] : [counted(drafts, "draft")]), ...(turns === 0 ? [] : [counted(turns, "turn")])];
  const goesOn = `Another worker goes on ${from.length === 0 ? "with what was saved" : `from ${from.join(" and ")}`}.`;
  return news === undefined ? goesOn : `${goesOn} Its context was built anew, since this happened meanwhile: ${news}`;
}
