import { basename } from "node:path";
import colors from "picocolors";
import type { Environment } from "../../platform/config/environment.ts";
import type { PlaygroundFleet } from "../playground-fleet.ts";
import type { Paint } from "./event-line.ts";
import type { DemoSummary } from "./summarize.ts";

/** What the demo says first. */
export function intro(
  { simulated, trusted, playground, fleet }: PlaygroundFleet,
  resumed: boolean,
  live: Environment["models"] | null = null,
): string {
  return [
    colors.bold(
      resumed
        ? "Going on with the story that an earlier process left."
        : "One story, from issue to merged pull request.",
    ),
    `Simulated: ${simulated}. Git, the graph, the queues (${fleet.queueBackend}) and the checks are real.`,
    ...(live === null ? [] : [liveLine(live)]),
    sandboxLine(fleet.sandbox, trusted),
    `The local GitHub: ${playground.github.url}/${playground.owner}/${playground.repo} (git and REST; no pages)`,
    "",
  ].join("\n");
}

/** What the demo says last; `problem` is why the story is not done. */
export function closing(summary: DemoSummary, problem: string | null): string {
  const { story, tasks, tokens, contentWrites, ms, peakMemoryMb } = summary;
  return [
    "",
    problem === null
      ? colors.green(colors.bold(`The story is ${story.state}.`))
      : colors.red(colors.bold(`The story is not done: ${problem}`)),
    `  story         ${story.url}`,
    ...tasks.map(
      ({ pullRequest, mergeSha, inRepository }) =>
        `  pull request  ${pullRequest ?? "none"}${mergeSha === null ? "" : ` merged as ${mergeSha.slice(0, 12)}${inRepository ? "" : " (NOT in the repository)"}`}`,
    ),
    `  cost          ${tokens.in} tokens in, ${tokens.out} out · ${contentWrites} content-creating writes · ${(ms / 1000).toFixed(1)} s · ${peakMemoryMb} MB at most`,
    "  Everything marked as simulated above was; the graph, the queues, git and the checks were real.",
  ].join("\n");
}

/** Whose answers they are: nothing is recorded here. */
export function liveLine({ file, hosts }: Environment["models"]): string {
  const model = file === undefined ? `your model hosts (${hosts.join(", ")})` : basename(file);
  const small = file === undefined ? "" : " It runs on this machine's processors, is very small, and is often wrong.";
  return `The model is real: ${model}.${small} Its tests choose among what it writes.`;
}

/** The time since the demo began, for the beginning of a line. */
export function elapsed(startedAt: number): string {
  return colors.dim(`${((Date.now() - startedAt) / 1000).toFixed(1).padStart(6)} s`);
}

/** A diff in colours. */
export function paintDiff(diff: string, paint: Paint): string {
  return diff
    .split("\n")
    .map((line) => (line.startsWith("+") ? paint.green(line) : line.startsWith("-") ? paint.red(line) : line))
    .join("\n");
}

/** What becomes of candidates' code (README, "Two commands"): without a sandbox, that of models is not run. */
function sandboxLine(sandbox: PlaygroundFleet["fleet"]["sandbox"], trusted: boolean): string {
  if (sandbox === "bubblewrap" || sandbox === "kubernetes")
    return `Candidates are run in a sandbox (${sandbox}), without a network.`;
  const what = trusted
    ? "only the demo's own bundled candidates are run; code of models would not be"
    : "no code of models is run";
  return `Without a sandbox (bubblewrap), ${what}.`;
}
