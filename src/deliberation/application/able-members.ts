import { isTooSmall } from "../domain/agent/drafting-mode.ts";
import type { Member } from "./job.ts";
import { late, type Session, stepEndsAt, until } from "./session.ts";

/** Why a council of small models alone does nothing but draft. */
export const tooSmallReason =
  "The models that are served are too small for this: with fewer than a billion parameters they write a function after an example, and no more.";

/**
 * The members that can be asked for more than a function after an example: those whose models are not known to be too
 * small. The others draft and are chosen among like everybody; they plan nothing, write no tests, review nobody, revise
 * nothing and judge nobody, since what they would answer is noise that takes minutes.
 */
export async function findAbleMembers(session: Session): Promise<readonly Member[]> {
  const { members } = session.job;
  const small = new Map<string, boolean>();
  const asked = await until(session, stepEndsAt(session, "drafting"), async (signal) => {
    for (const model of new Set(members.map((member) => member.model)))
      small.set(model, isTooSmall(await session.deps.models.parameters(model, signal)));
  });
  return asked === late ? members : members.filter(({ model }) => small.get(model) !== true);
}

/** Who sits on a role's seat: the member of its number, or an able one in its place; undefined where nobody is left. */
export function seatOf(index: number, members: readonly Member[], able: readonly Member[]): Member | undefined {
  const own = members[index];
  return own === undefined || able.includes(own) ? own : able[index % able.length];
}
