import { resolve } from "node:path";
import type { Choice } from "../../deliberation/application/choose/choose.ts";
import { preferenceSteps } from "../../deliberation/domain/selection-step.ts";
import type { Role } from "../../kernel/roles.ts";

/** What `fleet choose --json` prints: stable names, one object. */
export type ChoiceReport = ReturnType<typeof choiceReport>;

export type ChoiceSettings = {
  readonly repo: string;
  readonly base: string;
  readonly sha: string;
  readonly role: Role;
  /** The sandbox's kind; null where nothing could be run. */
  readonly sandbox: string | null;
  readonly ignored: readonly string[];
  readonly ms: number;
};

/** The result for programs: candidates × checks with reasons, the order, and the winner's id or "none". */
export function choiceReport(choice: Choice, { repo, base, sha, role, sandbox, ignored, ms }: ChoiceSettings) {
  const { selection, rows, acceptance, acceptanceProblem } = choice;
  return {
    winner: selection.winner ?? "none",
    /** The highest ranked one that at least applies; "none" when nothing does. */
    best: selection.best ?? "none",
    reason: selection.reason,
    order: selection.ranking.map(({ id }) => id),
    candidates: selection.ranking.flatMap(({ id, rank, lostAt, why }) => {
      const row = rows.find((each) => each.id === id);
      if (row === undefined) return [];
      const { source, files, diffLines, behaviour, flaky, checks, ms: wallMs } = row;
      return [
        {
          id,
          rank,
          passes: lostAt === null || preferenceSteps.includes(lostAt),
          lostAt,
          why,
          source,
          files,
          diffLines,
          behaviour,
          flaky,
          checks,
          ms: wallMs,
        },
      ];
    }),
    acceptance: { tests: acceptance, problem: acceptanceProblem },
    base: {
      revision: base,
      sha,
      outcome: choice.base.outcome,
      reason: choice.base.reason,
      failing: choice.base.failing,
      passing: choice.base.passing.length,
      /** True where the test command names no single tests: it counts as one, named after itself. */
      untold: choice.base.untold,
      ms: choice.base.ms,
    },
    /** Whose rules held, and what was dry-run. */
    role,
    repository: resolve(repo),
    sandbox: sandbox ?? "none",
    ignored,
    ms,
  };
}
