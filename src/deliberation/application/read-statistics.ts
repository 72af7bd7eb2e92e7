import { type CouncilStatistics, councilStatistics } from "../domain/council-statistics.ts";
import type { DeliberationUseCaseDeps } from "./use-case-ports.ts";

/** Older councils say little about the models of today. */
const mostCouncils = 1_000;

export type StatisticsDeps = Pick<DeliberationUseCaseDeps, "graph" | "deliberations"> & {
  /** The tasks whose change people approved, of one repository or of all (null). */
  readonly approvedTasks: (repository: number | null) => Promise<ReadonlySet<string>>;
};

/** The figures of the latest councils on tasks, of one repository or of all (null), and what they suggest. */
export async function readStatistics(deps: StatisticsDeps, repository: number | null): Promise<CouncilStatistics> {
  const { councils, proposals } = await deps.graph.read((tx) =>
    deps.deliberations.history(tx, repository, mostCouncils),
  );
  return councilStatistics(councils, proposals, await deps.approvedTasks(repository));
}
