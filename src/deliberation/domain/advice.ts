import { z } from "zod";
import { diffLines } from "./critique/diff-lines.ts";
import {
  type CritiqueFinding,
  critiqueFindingSchema,
  mostFindings,
  placesIn,
  type Remark,
  shownLine,
} from "./critique/finding.ts";

/** The roles whose councils look at people's changes (COUNCIL.md: reviews by agents are advisory). */
export const adviceRoles = ["architect", "qa"] as const;

export type AdviceRole = (typeof adviceRoles)[number];

/** What one role's seat found in a change, or why it said nothing. */
export const adviceSeatSchema = z.object({
  role: z.enum(adviceRoles),
  model: z.string(),
  findings: z.array(critiqueFindingSchema).max(mostFindings),
  /** Remarks that were dropped: on no line of the change, said twice, or beyond the most. */
  dropped: z.int().min(0),
  /** Null where it looked, with or without findings. */
  missing: z.string().nullable(),
});

export type AdviceSeat = z.infer<typeof adviceSeatSchema>;

/** A finding with the role that made it. */
export type Advice = CritiqueFinding & { readonly role: AdviceRole };

/** What is worth a person's time: at most five, the weightiest of each role in turn, each place and sentence once. */
export function weightiest(seats: readonly AdviceSeat[]): readonly Advice[] {
  const turns = Array.from({ length: mostFindings }, (_, turn) =>
    seats.flatMap(({ role, findings }) => {
      const finding = findings[turn];
      return finding === undefined ? [] : [{ ...finding, role }];
    }),
  ).flat();
  const first = new Map<string, Advice>();
  for (const advice of turns) {
    const key = JSON.stringify([advice.evidence, advice.text.toLowerCase()]);
    if (!first.has(key)) first.set(key, advice);
  }
  return [...first.values()].slice(0, mostFindings);
}

/** What is wrong with remarks on a change, for the model that made them: each must be about a line that the diff shows. */
export function strayRemarks(remarks: readonly Pick<Remark, "file" | "line">[], diff: string): readonly string[] {
  const places = placesIn(diffLines(diff));
  return remarks.flatMap((remark, index) => {
    const { file, line } = remark;
    if (file === null || line === null) return [`Finding ${index + 1} names no file and line.`];
    if (shownLine(remark, places) !== null) return [];
    return [`Finding ${index + 1}: the change does not show line ${line} of ${file.slice(0, 200)}.`];
  });
}
