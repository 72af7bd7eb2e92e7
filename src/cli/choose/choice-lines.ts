import Table from "cli-table3";
import colors from "picocolors";
import type { CheckResult, CheckStatus } from "../../deliberation/domain/check-result.ts";
import { cleanText } from "../../execution/domain/checks/failure-lines.ts";
import type { ChoiceReport } from "./choice-json.ts";

const words = { passed: "pass", failed: "FAIL", skipped: "–", "not-run": "not run" } as const satisfies Record<
  CheckStatus,
  string
>;

const paint = { passed: colors.green, failed: colors.red, skipped: colors.dim, "not-run": colors.yellow } as const;

/** The result for people: candidates × checks, then why each one stands where it stands. */
export function choiceLines(report: ChoiceReport): string {
  const columns = report.candidates[0]?.checks.map(({ name }) => name) ?? [];
  const table = new Table({ head: ["", ...columns, "lines", "s"], style: { head: [], border: [] } });
  for (const { id, checks, diffLines, ms } of report.candidates)
    table.push([cleanText(id, 40), ...checks.map(cell), String(diffLines), seconds(ms)]);
  const why = report.candidates.map(
    ({ id, rank, why: text }) => `${String(rank).padStart(3)}. ${cleanText(id, 40)}: ${oneLine(text)}`,
  );
  const notes = [
    `base ${report.base.sha.slice(0, 10)}: ${baseNote(report)}`,
    ...(report.acceptance.problem === null ? [] : [`given tests: ${oneLine(report.acceptance.problem)}`]),
    ...(report.ignored.length === 0
      ? []
      : [`ignored (neither *.patch, *.diff nor a folder): ${oneLine(report.ignored.join(", "))}`]),
    ...(report.sandbox === "none" ? ["no sandbox: nobody's code was run; install bubblewrap"] : []),
  ];
  // The winner's reason stands in its line above.
  const winner =
    report.winner === "none"
      ? `${colors.red("winner: none")}\n${oneLine(report.reason)}`
      : colors.green(`winner: ${cleanText(report.winner, 40)}`);
  return [table.toString(), ...why, "", ...notes, winner].join("\n");
}

function baseNote({ base }: ChoiceReport): string {
  if (base.outcome === "skipped")
    return "it has no tests that are known here; .github/fleet.yml can say how to build and test it (checks: build, test)";
  if (base.outcome === "not-run") return `its tests were not run: ${oneLine(base.reason)}`;
  const failing = base.failing.length === 0 ? "" : `, failing: ${base.failing.length}, which count against nobody`;
  // With nothing that passes nobody can break anything: whoever reads the result has to know why.
  const why =
    base.passing > 0 || base.reason === "" ? "" : `; nothing tells what a change breaks: ${oneLine(base.reason)}`;
  const untold = base.untold ? " (the test command names no single tests, so it counts as one)" : "";
  return `passing tests: ${base.passing}${failing}${untold}${why}`;
}

function cell({ status, passed, total }: CheckResult): string {
  const count = status === "failed" && total !== null ? ` ${passed ?? 0}/${total}` : "";
  return paint[status](`${words[status]}${count}`);
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

/** A text of a candidate's on one line of a terminal, without anything that moves the cursor. */
function oneLine(text: string): string {
  return cleanText(text.replace(/\s+/g, " "), 400);
}
