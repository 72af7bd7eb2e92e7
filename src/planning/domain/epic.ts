import type { RepositoryId } from "../../kernel/ids.ts";

/** Somebody on GitHub; `id` is GitHub's numeric user id. */
export type EpicPerson = { readonly id: number; readonly login: string };

/**
 * An epic is a milestone or a parent issue (GITHUB.md). Whoever it is assigned to sees its stories as an architect (DOMAIN.md §4).
 * Of an issue these are its assignees. GitHub assigns a milestone to nobody: there it is who opened it, the one person that
 * GitHub names for it. Those who have one of its stories are not assigned to the others by that.
 */
export type Epic = {
  readonly id: EpicId;
  readonly installation: number;
  readonly repository: RepositoryId;
  readonly people: readonly EpicPerson[];
  /** GitHub's `updated_at` of what said so (ISO 8601); null before anything did. */
  readonly peopleAt: string | null;
};

export type EpicId = `${RepositoryId}-${"m" | "i"}${number}`;

export function epicId(repository: RepositoryId, of: "milestone" | "issue", number: number): EpicId {
  return `${repository}-${of === "milestone" ? "m" : "i"}${number}`;
}

/** The epic with these people; the same object where it has them already or something newer was said. */
export function withPeople(epic: Epic, people: readonly EpicPerson[], at: string): Epic {
  if (epic.peopleAt !== null && Date.parse(at) < Date.parse(epic.peopleAt)) return epic;
  const sorted = people.toSorted((one, other) => one.id - other.id).map(({ id, login }) => ({ id, login }));
  return JSON.stringify(sorted) === JSON.stringify(epic.people) ? epic : { ...epic, people: sorted, peopleAt: at };
}
