import type { CheckResult } from "../../domain/check-result.ts";

/** What failed, with the end of its output, for prompts. Empty when nothing that ran failed. At most 8,000 characters. */
export function failedChecks(checks: readonly CheckResult[]): string {
  return checks
    .filter(({ status }) => status === "failed")
    .map(({ name, summary, failing, detail }) =>
      [`${name}: ${summary}`, ...failing.slice(0, 10).map((each) => `- ${each}`), detail.slice(-2_500)].join("\n"),
    )
    .join("\n\n")
    .slice(0, 8_000);
}
