import pLimit from "p-limit";
import { PermanentError } from "../../../kernel/errors.ts";
import { isAcceptancePath } from "../../domain/acceptance-path.ts";
import type { AcceptanceTest, ImplementationOutcome } from "../../domain/outcome.ts";
import { select } from "../../domain/select.ts";
import type { Draft } from "../saved-state.ts";
import { late, type Session, timed, until } from "../session.ts";
import { throwOutBroken } from "./acceptance-cell.ts";
import { checkCandidate, unchecked, type Yardstick } from "./check-candidate.ts";
import { conclude } from "./conclude.ts";
import { draftCandidate, reviseCandidate } from "./draft-candidate.ts";
import { type PromptCode, promptCode } from "./prompt-code.ts";
import { createRerunBase, runBase } from "./run-base.ts";
import { openWorkspace, readSources, runOptions } from "./workspace-of.ts";
import { writeAcceptance } from "./write-acceptance.ts";

/** Checks at once: they are processes of this machine. */
const checksAtOnce = 2;

/** The algorithm of COUNCIL.md for an implementation task. Null with a reason when no model answered at all. */
export async function runImplementation(
  session: Session,
): Promise<ImplementationOutcome | { readonly nobody: string }> {
  const { job, notebook, deps } = session;
  if (job.source === null || job.task === null)
    throw new PermanentError("An implementation job without source or task.");
  await session.announce("drafting", `${job.members.length} members draft.`);
  const code = await readCode(session);
  const [drafts, [base, acceptance]] = await Promise.all([
    timed(session, "drafting", () => draftAll(session, code)),
    runBase(session).then(async (run) => [run, await writeAcceptance(session, run, code)] as const),
  ]);
  const brought = drafts.filter(({ abstained }) => abstained === null);
  if (brought.length === 0) return { nobody: `No member brought a candidate: ${drafts[0]?.abstained ?? "no members"}` };

  await session.announce("checking", `${brought.length} candidates are checked.`);
  const startSha = job.source.startSha;
  const rerunBase = createRerunBase(
    deps.checks,
    () => openWorkspace(session, startSha, "again"),
    runOptions(session, session.signal),
  );
  const yardstick: Yardstick = { base, rerunBase, acceptance };
  await timed(session, "checking", () => checkAll(session, brought, yardstick));
  const runs = deps.checks.sandbox !== null || job.trusted;
  if (runs && passingNow(session, acceptance) === null) {
    await session.announce("revising", "Nobody passes yet; the authors look at the evidence.");
    const failing = brought.filter(({ id }) => evidenceFor(session, id) !== "");
    const revisions = await timed(session, "revising", () => reviseAll(session, failing, code));
    const revised = revisions.filter(({ abstained }) => abstained === null);
    await timed(session, "checking", () => checkAll(session, revised, yardstick));
  }
  await session.announce("selecting", "The candidates are compared.");
  return conclude(session, base, throwOutBroken(acceptance, notebook.state.checked));
}

async function readCode(session: Session): Promise<PromptCode> {
  const workspace = await openWorkspace(session, session.job.source?.startSha ?? "", "outline");
  try {
    const paths = await workspace.list();
    const files = await readSources(workspace);
    // The qa's tests are not shown to those who are measured by them; a later round reads its own from the branch.
    const shown = files.filter(({ path }) => !isAcceptancePath(path));
    const code = promptCode(session, paths, shown);
    return { ...code, files };
  } finally {
    await workspace.close();
  }
}

async function draftAll(session: Session, code: PromptCode): Promise<readonly Draft[]> {
  const { job, notebook } = session;
  const drafts = await Promise.all(
    job.members.map(async (member): Promise<Draft> => {
      const saved = notebook.state.drafts.find((draft) => draft.member === member.number);
      if (saved !== undefined) return saved;
      const draft = await draftCandidate(session, member, code);
      await notebook.note((state) => state.drafts.push(draft));
      return draft;
    }),
  );
  return drafts;
}

async function checkAll(session: Session, drafts: readonly Draft[], yardstick: Yardstick): Promise<void> {
  const { notebook } = session;
  const limit = pLimit(checksAtOnce);
  await Promise.all(
    drafts.map((draft) =>
      limit(async () => {
        if (notebook.state.checked.some(({ id }) => id === draft.id)) return;
        const checked = await until(session, session.deadlineAt, (signal) =>
          checkCandidate(session, draft, yardstick, signal),
        );
        const row =
          checked === late ? unchecked(session, draft, "The deadline passed before it was checked.") : checked;
        await notebook.note((state) => state.checked.push(row));
      }),
    ),
  );
}

function passingNow(session: Session, acceptance: readonly AcceptanceTest[]): string | null {
  return select(throwOutBroken(acceptance, session.notebook.state.checked).checked).winner;
}

async function reviseAll(session: Session, drafts: readonly Draft[], code: PromptCode): Promise<readonly Draft[]> {
  const { job, notebook } = session;
  return Promise.all(
    drafts.map(async (draft): Promise<Draft> => {
      const saved = notebook.state.revisions.find(({ revises }) => revises === draft.id);
      if (saved !== undefined) return saved;
      const member = job.members.find(({ number }) => number === draft.member);
      if (member === undefined) throw new PermanentError("A draft of nobody.");
      const revision = await reviseCandidate(session, member, draft, evidenceFor(session, draft.id), code);
      await notebook.note((state) => state.revisions.push(revision));
      return revision;
    }),
  );
}

/** What failed, with the end of its output: the only kind of criticism that counts. Empty when nothing that ran failed. */
function evidenceFor(session: Session, id: string): string {
  const checks = session.notebook.state.checked.find((row) => row.id === id)?.checks ?? [];
  return checks
    .filter(({ status }) => status === "failed")
    .map(({ name, summary, failing, detail }) =>
      [`${name}: ${summary}`, ...failing.slice(0, 10).map((each) => `- ${each}`), detail.slice(-2_500)].join("\n"),
    )
    .join("\n\n")
    .slice(0, 8_000);
}
