import type { Member } from "../job.ts";
import type { Draft } from "../saved-state.ts";

/** Nothing yet: a member's draft, or its revision of the candidate with that id. */
export function emptyDraft(member: Member, revises: string | null): Draft {
  return {
    id: revises === null ? `c${member.number}` : `${revises}r`,
    member: member.number,
    revises,
    answers: [],
    summary: "",
    problem: null,
    abstained: null,
    tokens: { in: 0, out: 0 },
  };
}
