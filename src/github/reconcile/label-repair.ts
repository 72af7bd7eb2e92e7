import type { RepositoryRef } from "../client/octokit.ts";
import { type LabelFamily, labelChanges } from "../present/label-families.ts";
import type { Repair } from "./repair.ts";

/** For so long after a move GitHub may show the state before it, in milliseconds: the fleet's own write may wait its turn. */
const shownWithinMs = 10 * 60_000;

/** A label as GitHub's answers carry it. */
type Listed = string | { readonly name?: string | undefined; readonly description?: string | null | undefined };

/**
 * Compares the labels that an issue or pull request carries with those that it should, as the next write would say; a name
 * that people gave to one of ours counts. `moved` is when the story or task came into its state (ISO 8601).
 */
export function labelRepair(
  { repository }: Pick<RepositoryRef, "repository">,
  there: { readonly number: number; readonly labels: readonly Listed[] },
  families: readonly LabelFamily[],
  moved: string | null,
  now: number,
): readonly Repair[] {
  const { missing, surplus } = labelChanges(
    there.labels.map((label) =>
      typeof label === "string" ? { name: label } : { name: label.name ?? "", description: label.description },
    ),
    families,
  );
  const isFresh = moved !== null && now - Date.parse(moved) < shownWithinMs;
  const differs = missing.length > 0 || surplus.length > 0;
  return differs && !isFresh ? [{ repository, number: there.number, what: "labels" }] : [];
}
