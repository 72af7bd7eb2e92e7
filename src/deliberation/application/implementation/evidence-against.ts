import type { Critique } from "../../domain/critique/finding.ts";
import { findingLines } from "../prompts/critique-prompt.ts";
import type { Evidence } from "../prompts/evidence-text.ts";
import type { Checked } from "../saved-state.ts";
import { failedChecks } from "./failed-checks.ts";

/** What there is against a candidate; null where it has nothing to answer. */
export function evidenceAgainst(row: Checked, critiques: readonly Critique[]): Evidence | null {
  const checks = failedChecks(row.checks);
  const findings = findingLines(
    critiques.filter(({ candidate }) => candidate === row.id).flatMap((each) => each.findings),
  );
  return checks === "" && findings === "" ? null : { checks, findings };
}
