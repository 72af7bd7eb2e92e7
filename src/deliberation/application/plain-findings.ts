import { type CritiqueFinding, type Remark, type Reviewed, weighRemarks } from "../domain/critique/finding.ts";
import type { Prompting } from "./ports.ts";

/**
 * What models say of a change, weighed (`weighRemarks`). A model may repeat what it was shown: nothing that hides and no
 * secret goes on to authors and people.
 */
export async function plainFindings(
  remarks: readonly Remark[],
  candidate: Reviewed,
  prompting: Prompting,
): Promise<{ readonly findings: readonly CritiqueFinding[]; readonly dropped: number }> {
  const told = await Promise.all(
    remarks.map(async (remark) => ({ ...remark, problem: await prompting.redact(prompting.clean(remark.problem)) })),
  );
  const { findings, dropped } = weighRemarks(told, candidate);
  return { findings: await Promise.all(findings.map((finding) => withPlainCode(finding, prompting))), dropped };
}

/** A reader who applies a replacement must see all of it: the finding stands without one that cannot be shown as it is. */
async function withPlainCode(finding: CritiqueFinding, prompting: Prompting): Promise<CritiqueFinding> {
  const { replacement } = finding;
  if (replacement === null || (await isPlainCode(replacement.text, prompting))) return finding;
  return { ...finding, replacement: null };
}

/**
 * Whether code can be shown as it is: what hides, a comment that is not shown, and secrets are found by what they would
 * leave behind.
 */
async function isPlainCode(text: string, prompting: Prompting): Promise<boolean> {
  return (await prompting.redact(prompting.clean(`|${text}|`))) === `|${text}|`;
}
