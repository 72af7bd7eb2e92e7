import type { Author } from "./actor.ts";
import { emitIssueEvent, putIssue } from "./issue-events.ts";
import { presentLabel } from "./present/issue.ts";
import type { IssueRow, LabelRow, RepositoryRow } from "./rows.ts";
import type { World } from "./world.ts";

const defaultColour = "ededed";

/** Makes a label and tells of it. Only inside a transaction. */
export function createLabel(
  world: World,
  repository: RepositoryRow,
  label: Omit<LabelRow, "id" | "repositoryId">,
  by: Author,
): LabelRow {
  const row = world.store.tables.labels.put({ id: world.store.id(), repositoryId: repository.id, ...label });
  world.emit({
    event: "label",
    action: "created",
    sender: by.account,
    repository,
    payload: { label: presentLabel(world, row) },
  });
  return row;
}

/** The labels with these names; those that do not exist are made, or dropped for callers who may not make labels. */
export function labelsNamed(
  world: World,
  repository: RepositoryRow,
  names: readonly string[],
  by: Author,
  mayCreate: boolean,
): LabelRow[] {
  const rows = new Map<number, LabelRow>();
  for (const name of names) {
    const existing = world.store.tables.labels
      .in(repository.id)
      .find((row) => row.name.toLowerCase() === name.toLowerCase());
    const made =
      existing ??
      (mayCreate ? createLabel(world, repository, { name, color: defaultColour, description: null }, by) : undefined);
    if (made !== undefined) rows.set(made.id, made);
  }
  return [...rows.values()];
}

/** Gives an issue exactly these labels: one event for each that goes, then one for each that comes, as GitHub sends them. */
export function setLabels(world: World, issue: IssueRow, labels: readonly LabelRow[], by: Author): IssueRow {
  const wanted = labels.map((label) => label.id);
  const removed = world.store.tables.labels.pick(issue.labelIds.filter((id) => !wanted.includes(id)));
  const added = labels.filter((label) => !issue.labelIds.includes(label.id));
  if (removed.length === 0 && added.length === 0) return issue;
  const changed = putIssue(world, { ...issue, labelIds: wanted });
  for (const label of removed) emitIssueEvent(world, changed, "unlabeled", by, { label: presentLabel(world, label) });
  for (const label of added) emitIssueEvent(world, changed, "labeled", by, { label: presentLabel(world, label) });
  return changed;
}
