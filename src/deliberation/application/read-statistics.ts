import { type CouncilRecord, type CouncilStatistics, councilStatistics } from "../domain/council-statistics.ts";
import { type DeliberationKind, deliberationKinds } from "../domain/deliberation.ts";
import type { DeliberationUseCaseDeps } from "./use-case-ports.ts";

/** Older councils say little about the models of today. */
const mostCouncils = 1_000;

export type StatisticsDeps = Pick<DeliberationUseCaseDeps, "graph" | "deliberations"> & {
  /** Which of these tasks' changes people approved. */
  readonly approvedTasks: (tasks: readonly string[]) => Promise<ReadonlySet<string>>;
};

/** The figures of the latest councils on tasks, of one repository or of all (null), and what they suggest. */
export async function readStatistics(deps: StatisticsDeps, repository: number | null): Promise<CouncilStatistics> {
  const { councils, proposals } = await deps.graph.read((tx) =>
    deps.deliberations.history(tx, { repository, kinds: ["implementation"] }, mostCouncils),
  );
  return councilStatistics(councils, proposals, await deps.approvedTasks(tasksOf(councils)));
}

function tasksOf(councils: readonly CouncilRecord[]): readonly string[] {
  return [...new Set(councils.flatMap(({ task }) => task ?? []))];
}

/** The figures of one kind of councils in one repository. */
export type CouncilFigures = {
  readonly repository: number;
  readonly kind: DeliberationKind;
  readonly statistics: CouncilStatistics;
};

/** The same of the latest councils of every kind, by repository and kind. */
export async function readCouncilFigures(deps: StatisticsDeps): Promise<readonly CouncilFigures[]> {
  const { councils, proposals } = await deps.graph.read((tx) =>
    deps.deliberations.history(tx, { repository: null, kinds: deliberationKinds }, mostCouncils),
  );
  const approved = await deps.approvedTasks(tasksOf(councils.filter(({ kind }) => kind === "implementation")));
  const groups = new Map<string, CouncilRecord[]>();
  for (const council of councils) {
    const key = `${council.repository} ${council.kind}`;
    groups.set(key, [...(groups.get(key) ?? []), council]);
  }
  return [...groups.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const ids = new Set(own.map(({ id }) => id));
    const theirs = proposals.filter(({ deliberation }) => ids.has(deliberation));
    const { repository, kind } = first;
    return [
      {
        repository,
        kind,
        statistics: councilStatistics(own, theirs, kind === "implementation" ? approved : new Set()),
      },
    ];
  });
}
