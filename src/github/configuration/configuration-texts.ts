import { fitSections } from "../present/fit-sections.ts";
import { markdownTable } from "../present/markdown-table.ts";
import { codeSpan, inlineText } from "../present/safe-text.ts";
import type { ConfigurationProblem } from "./parse-configuration.ts";
import type { ConfigurationReview } from "./review-configuration.ts";

/** An issue, a comment or a check run about `.github/fleet.yml`. */
export type ConfigurationText = { readonly title: string; readonly text: string };

const mostRows = 40;

/** Problems as a table: line, setting, value, what is wrong, what to write instead. */
function problemTable(problems: readonly ConfigurationProblem[]): string {
  const rows = problems
    .slice(0, mostRows)
    .map(({ line, path, value, message, fix }) => [
      line === null ? "" : String(line),
      codeSpan(path),
      value === null ? "" : codeSpan(value),
      inlineText(message),
      inlineText(fix),
    ]);
  const rest = problems.length - rows.length;
  const table = markdownTable(["line", "setting", "value", "what is wrong", "what to write instead"], rows);
  return rest > 0 ? `${table}\n\n… and ${rest} more.` : table;
}

function doubtPart(doubts: readonly ConfigurationProblem[]): string {
  return doubts.length === 0 ? "" : `**Without effect:**\n\n${problemTable(doubts)}`;
}

/** The one issue about a file on the default branch that needs somebody; null where it needs nobody. */
export function configurationIssue({ problems, doubts }: ConfigurationReview): ConfigurationText | null {
  if (problems.length + doubts.length === 0) return null;
  const broken =
    problems.length === 0
      ? "`.github/fleet.yml` is in force, but a part of it does nothing."
      : "`.github/fleet.yml` on the default branch cannot be read. Nothing stops: the last good one stays in force until this is mended.";
  return {
    title: "fleet.yml needs attention",
    text: fitSections([
      { text: broken, priority: 0 },
      { text: problems.length === 0 ? "" : problemTable(problems), priority: 1 },
      { text: doubtPart(doubts), priority: 2 },
      {
        text: "This issue is kept up to date and closes by itself. `fleet config validate` checks a file before it is pushed.",
        priority: 0,
      },
    ]),
  };
}

/** What the issue says once everything is well again. */
export const settledConfigurationIssue: ConfigurationText = {
  title: "fleet.yml needs attention",
  text: "`.github/fleet.yml` is good again and in force.",
};

/** What a pull request that changes the file would bring. */
export type ProposedConfiguration =
  | { readonly kind: "reviewed"; readonly review: ConfigurationReview }
  /** The file is deleted: the defaults hold after the merge. */
  | { readonly kind: "removed" };

/** The comment on a pull request that changes the file; null while there is nothing that its author must do. */
export function configurationComment(proposed: ProposedConfiguration): string | null {
  if (proposed.kind === "removed") return null;
  const { problems, doubts } = proposed.review;
  if (problems.length + doubts.length === 0) return null;
  const head =
    problems.length === 0
      ? "### `fleet.yml` is valid, but a part of it does nothing"
      : "### `fleet.yml` would not come into force\nAfter a merge the settings of today would stay, until the file is mended.";
  return fitSections([
    { text: head, priority: 0 },
    { text: problems.length === 0 ? "" : problemTable(problems), priority: 1 },
    { text: doubtPart(doubts), priority: 2 },
  ]);
}

/** What a comment says that complained before, once nothing is left. */
export const settledConfigurationComment =
  "### `fleet.yml` is valid\nIt comes into force when it is merged into the default branch.";

/** The check run `fleet/config`, with its notes beside the lines. */
export function configurationCheck(proposed: ProposedConfiguration) {
  if (proposed.kind === "removed") {
    return {
      conclusion: "success" as const,
      title: "fleet.yml is removed",
      summary: "After the merge the defaults hold: roles follow the repository's permissions.",
      annotations: [],
    };
  }
  const { problems, doubts } = proposed.review;
  const comment = configurationComment(proposed);
  const [conclusion, title] =
    problems.length > 0
      ? (["failure", "fleet.yml would not come into force"] as const)
      : doubts.length > 0
        ? (["neutral", "fleet.yml is valid; a part of it does nothing"] as const)
        : (["success", "fleet.yml is valid"] as const);
  return {
    conclusion,
    title,
    summary: comment ?? settledConfigurationComment,
    annotations: [
      ...problems.map((problem) => annotation(problem, "failure" as const)),
      ...doubts.map((problem) => annotation(problem, "warning" as const)),
    ],
  };
}

function annotation({ line, path, message, fix }: ConfigurationProblem, level: "failure" | "warning") {
  return { line: line ?? 1, level, title: path === "" ? "fleet.yml" : path, message: `${message}: ${fix}` };
}
