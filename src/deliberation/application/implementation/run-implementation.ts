import pLimit from "p-limit";
import { PermanentError } from "../../../kernel/errors.ts";
import { discussionOf } from "../../domain/critique/peers.ts";
import type { ImplementationOutcome } from "../../domain/outcome.ts";
import { findAbleMembers } from "../able-members.ts";
import { hiddenFrom } from "../acting-role.ts";
import { settle } from "../agent/loop-candidate.ts";
import { createLoopContextOf, type Loops } from "../agent/loop-context.ts";
import type { Member } from "../job.ts";
import type { Workspace } from "../ports.ts";
import type { Draft } from "../saved-state.ts";
import { late, type Session, timed, until } from "../session.ts";
import { throwOutBroken } from "./acceptance-cell.ts";
import { checkCandidate, unchecked, type Yardstick } from "./check-candidate.ts";
import { conclude } from "./conclude.ts";
import { critiqueAll } from "./critique-candidates.ts";
import { draftCandidate } from "./draft-candidate.ts";
import { evidenceAgainst } from "./evidence-against.ts";
import { judgeTies } from "./judge-ties.ts";
import { createLaidChanges, type LaidChanges } from "./laid-changes.ts";
import { type PromptCode, promptCode } from "./prompt-code.ts";
import { reviseAll } from "./revise-candidates.ts";
import { createRerunBase, runBase } from "./run-base.ts";
import { openWorkspace, readSources, runOptions } from "./workspace-of.ts";
import { writeAcceptance } from "./write-acceptance.ts";

/** Checks at once: they are processes of this machine. */
const checksAtOnce = 2;

/** The algorithm of COUNCIL.md for an implementation task. Null with a reason when no model answered at all. */
export async function runImplementation(
  session: Session,
): Promise<ImplementationOutcome | { readonly nobody: string }> {
  const laid = createLaidChanges(session);
  try {
    return await runSteps(session, laid);
  } finally {
    await laid.close();
  }
}

async function runSteps(
  session: Session,
  laid: LaidChanges,
): Promise<ImplementationOutcome | { readonly nobody: string }> {
  const { job, notebook, deps } = session;
  if (job.source === null || job.task === null)
    throw new PermanentError("An implementation job without source or task.");
  await session.announce("drafting", `${job.members.length} members draft.`);
  const able = await findAbleMembers(session);
  const { startSha } = job.source;
  const start = await openWorkspace(session, startSha, "start");
  const code = await readCode(session, start);
  const baseRun = runBase(session, start).finally(() => start.close());
  const loops: Loops = {
    bench: { slots: pLimit(checksAtOnce), base: () => baseRun },
    contextOf: createLoopContextOf(session),
  };
  const [drafts, [base, acceptance]] = await Promise.all([
    timed(session, "drafting", () => draftAll(session, code, able, loops, laid)),
    baseRun.then(async (run) => [run, await writeAcceptance(session, run, code, able)] as const),
  ]);
  const brought = drafts.filter(({ abstained }) => abstained === null);
  if (brought.length === 0) return { nobody: `No member brought a candidate: ${drafts[0]?.abstained ?? "no members"}` };

  await session.announce("checking", `${brought.length} candidates are checked.`);
  const rerunBase = createRerunBase(
    deps.checks,
    () => openWorkspace(session, startSha, "again"),
    runOptions(session, session.signal),
  );
  const yardstick: Yardstick = { base, rerunBase, acceptance };
  await timed(session, "checking", () => checkAll(session, brought, laid, yardstick));
  const canDiscuss = deps.checks.sandbox !== null || job.trusted;
  const unbeaten = canDiscuss && (await discuss(session, brought, laid, yardstick, { code, able, loops }));
  await session.announce("selecting", "The candidates are compared.");
  const cleared = throwOutBroken(acceptance, notebook.state.checked);
  const settled = await timed(session, "selecting", () => judgeTies(session, cleared.checked, code, able));
  return conclude(session, base, cleared, [
    ...(unbeaten ? (["discussion"] as const) : []),
    ...(settled ? (["votes"] as const) : []),
  ]);
}

/**
 * Critique and revision (COUNCIL.md step 5), at most one round, where they can matter: see `discussionOf`. Skipped without
 * a sandbox, since nothing was run that could be evidence, and when the time is over. True where it was skipped because what
 * passes everything cannot be beaten by what is executed.
 */
async function discuss(
  session: Session,
  drafts: readonly Draft[],
  laid: LaidChanges,
  yardstick: Yardstick,
  { code, able, loops }: { readonly code: PromptCode; readonly able: readonly Member[]; readonly loops: Loops },
): Promise<boolean> {
  const isAble = (number: number): boolean => able.some((member) => member.number === number);
  const { state } = session.notebook;
  // Only the drafts: a resumed worker, which has checked revisions already, must come to the same answer.
  const first = state.checked.filter(({ revises }) => revises === null);
  const rows = throwOutBroken(yardstick.acceptance, first).checked;
  const discussion = discussionOf(rows);
  if (discussion.kind === "none") return discussion.unbeaten;
  if (session.deps.clock() >= session.deadlineAt) return false;
  const reviews = discussion.kind === "critique" ? discussion.reviews.filter(({ reviewer }) => isAble(reviewer)) : [];
  if (reviews.length > 0) {
    await session.announce(
      "critiquing",
      `${counted(reviews.length, "member looks", "members look")} at a peer's candidate.`,
    );
    await timed(session, "critiquing", () => critiqueAll(session, reviews, rows, code));
  }
  const against = new Map(
    rows.flatMap((row) => {
      if (!isAble(row.member)) return [];
      const evidence = evidenceAgainst(row, state.critiques);
      return evidence === null ? [] : [[row.id, evidence] as const];
    }),
  );
  if (against.size === 0) return false;
  await session.announce("revising", `${counted(against.size, "author looks", "authors look")} at the evidence.`);
  const revisions = await timed(session, "revising", () => reviseAll(session, drafts, against, code, loops, laid));
  const revised = revisions.filter(({ abstained }) => abstained === null);
  await timed(session, "checking", () => checkAll(session, revised, laid, yardstick));
  return false;
}

function counted(count: number, one: string, more: string): string {
  return `${count} ${count === 1 ? one : more}`;
}

/** What prompts show of the start commit; its checkout stays open, unless it cannot be read. */
async function readCode(session: Session, start: Workspace): Promise<PromptCode> {
  try {
    const paths = await start.list();
    const files = await readSources(start, paths);
    // The qa's tests are not shown to those who are measured by them; a later round reads its own from the branch.
    const hides = hiddenFrom(session.job);
    const shown = files.filter(({ path }) => !hides(path));
    return { ...(await promptCode(session, paths, shown)), files };
  } catch (error) {
    await start.close();
    throw error;
  }
}

async function draftAll(
  session: Session,
  code: PromptCode,
  able: readonly Member[],
  loops: Loops,
  laid: LaidChanges,
): Promise<readonly Draft[]> {
  const { job, notebook } = session;
  const how = { ...loops, able };
  const drafts = await Promise.all(
    job.members.map(async (member): Promise<Draft> => {
      const saved = notebook.state.drafts.find((draft) => draft.member === member.number);
      if (saved !== undefined) return saved;
      const draft = await draftCandidate(session, member, code, how);
      laid.prepare(draft);
      await notebook.note((state) => {
        state.drafts.push(draft);
        settle(state, draft);
      });
      return draft;
    }),
  );
  return drafts;
}

async function checkAll(
  session: Session,
  drafts: readonly Draft[],
  laid: LaidChanges,
  yardstick: Yardstick,
): Promise<void> {
  const { notebook } = session;
  const limit = pLimit(checksAtOnce);
  await Promise.all(
    drafts.map((draft) =>
      limit(async () => {
        if (notebook.state.checked.some(({ id }) => id === draft.id)) return;
        const checked = await until(session, session.deadlineAt, (signal) =>
          checkCandidate(session, draft, laid.take(draft), yardstick, signal),
        );
        const row =
          checked === late ? unchecked(session, draft, "The deadline passed before it was checked.") : checked;
        await notebook.note((state) => state.checked.push(row));
      }),
    ),
  );
}
