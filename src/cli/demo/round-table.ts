import Table from "cli-table3";
import { checkNames } from "../../deliberation/domain/check-result.ts";
import type { Paint } from "./event-line.ts";
import type { RoundSummary } from "./summarize.ts";

const marks = { passed: "pass", failed: "FAIL", skipped: "–", "not-run": "not run" } as const;

/** One round as a table of candidates × checks, with the reason for each place below it; what nobody has takes no column. */
export function roundTable(round: RoundSummary, paint: Paint): string {
  const columns = checkNames.filter((name) =>
    round.candidates.some(({ checks }) => (checks[name]?.status ?? "skipped") !== "skipped"),
  );
  const table = new Table({ head: ["candidate", "model", ...columns], style: { head: [], border: [] } });
  for (const { id, model, winner, checks } of round.candidates) {
    const cells = columns.map((name) => {
      const status = checks[name]?.status ?? "not-run";
      const text = marks[status];
      return status === "failed" ? paint.red(text) : status === "passed" ? paint.green(text) : paint.dim(text);
    });
    table.push([winner ? paint.bold(`${id} (winner)`) : id, model, ...cells]);
  }
  const reasons = round.candidates.map(({ id, why, checks }) => {
    const failed = Object.values(checks).find(({ status }) => status === "failed");
    return `  ${paint.bold(id)}: ${why}${failed === undefined ? "" : ` (${failed.summary})`}`;
  });
  const title = `${round.task.match(/t\d+$/)?.[0] ?? round.task}, round ${round.round}: ${round.reason}`;
  return [paint.bold(title), ...(round.candidates.length === 0 ? [] : [table.toString()]), ...reasons].join("\n");
}
