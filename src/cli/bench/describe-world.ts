import type { Graph } from "../../platform/graph/graph.ts";
import { dayPlace } from "./day-github.ts";
import type { DayStage } from "./day-stage.ts";

/** Properties that tell when or how often something was done, and not what. */
const volatile: ReadonlySet<string> = new Set([
  "version",
  "handled",
  "sequence",
  "at",
  "since",
  "createdAt",
  "stateSince",
  "derivedAt",
  "approvedAt",
  "leaseExpiresAt",
  "deadlines",
]);

/** The stories, tasks, plans and transitions of a graph, one line each, without times. */
export async function describeGraph(graph: Graph): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const label of ["Story", "Task", "Plan"]) {
    const rows = await graph.query(`MATCH (n:${label}) RETURN n {.*} AS node ORDER BY n.id`);
    lines.push(...rows.map(({ node }) => `${label} ${stable(node)}`));
  }
  for (const label of ["Story", "Task"]) {
    const rows = await graph.query(
      `MATCH (n:${label})-[:NEXT]->(r:Transition) RETURN n.id AS id, r {.*} AS record ORDER BY n.id, r.sequence`,
    );
    lines.push(...rows.map(({ id, record }) => `${id} ${stable(record)}`));
  }
  return lines;
}

/** Issues and pull requests with their labels and everything that was said, one line each. */
export async function describeGitHub(stage: DayStage): Promise<readonly string[]> {
  const { rest, paginate } = stage.as("productOwner");
  const issues = await paginate(rest.issues.listForRepo, { ...dayPlace, state: "all", per_page: 100 });
  const lines: string[] = [];
  for (const issue of issues.toSorted((a, b) => a.number - b.number)) {
    const where = { ...dayPlace, issue_number: issue.number, per_page: 100 };
    const comments = await paginate(rest.issues.listComments, where);
    const said = comments.map(({ body, reactions }) => [withoutTimes(body ?? ""), reactions?.total_count]);
    const labels = issue.labels.map((label) => (typeof label === "string" ? label : label.name)).toSorted();
    const { number, title, body, state, state_reason } = issue;
    lines.push(JSON.stringify({ number, title, body, state, state_reason, labels, said }));
  }
  return lines;
}

/** What was said, without when it was handled, and the hash of all that. */
function withoutTimes(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d/g, "(time)").replace(/<!-- fleet:hash \w+ -->/g, "");
}

/** Where two descriptions first differ, as both sides; null when they are the same. */
export function firstDifference(wanted: readonly string[], found: readonly string[]): string | null {
  const length = Math.max(wanted.length, found.length);
  for (let n = 0; n < length; n += 1) {
    if (wanted[n] !== found[n]) return `in order: ${wanted[n] ?? "nothing"}\nshuffled: ${found[n] ?? "nothing"}`;
  }
  return null;
}

/** JSON with sorted keys and without what is volatile, also within texts that are JSON themselves. */
function stable(value: unknown): string {
  return JSON.stringify(settled(value));
}

function settled(value: unknown): unknown {
  if (typeof value === "string" && /^[[{]/.test(value)) return settled(parsed(value));
  if (Array.isArray(value)) return value.map(settled);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !volatile.has(key));
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => a.localeCompare(b)).map(([key, each]) => [key, settled(each)]),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return `text: ${text}`;
  }
}
