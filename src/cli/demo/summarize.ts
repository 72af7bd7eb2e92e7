import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { simpleGit } from "simple-git";
import { z } from "zod";
import type { CheckResult } from "../../deliberation/domain/check-result.ts";
import type { CouncilView } from "../../github/present/council-view.ts";
import { writeKey } from "../../github/write/write-target.ts";
import type { StoryId } from "../../kernel/ids.ts";
import { latestPlan } from "../../workflow/domain/plan-progress.ts";
import type { Task } from "../../workflow/domain/task.ts";
import type { PlaygroundFleet } from "../playground-fleet.ts";

export type CandidateSummary = {
  readonly id: string;
  readonly model: string;
  readonly winner: boolean;
  readonly why: string;
  readonly checks: Readonly<Record<string, Pick<CheckResult, "status" | "summary">>>;
};

export type RoundSummary = {
  readonly task: string;
  readonly round: number;
  readonly winner: string | null;
  readonly reason: string;
  readonly candidates: readonly CandidateSummary[];
};

/** What a demo ends with: the last line of `--json`. */
export type DemoSummary = {
  readonly type: "summary";
  readonly simulated: string;
  readonly story: { readonly id: string; readonly state: string; readonly url: string };
  readonly tasks: readonly {
    readonly id: string;
    readonly state: string;
    readonly rounds: number;
    readonly pullRequest: string | null;
    readonly mergeSha: string | null;
    /** Whether the merge commit is in the repository that git serves. */
    readonly inRepository: boolean;
  }[];
  /** Of the last task; null when nothing was merged. */
  readonly mergeSha: string | null;
  readonly rounds: readonly RoundSummary[];
  /** Requests of the fleet that create content in the sense of GitHub's secondary limits. */
  readonly contentWrites: number;
  /** Of these, the most that one task took. */
  readonly contentWritesPerTask: number;
  readonly tokens: { readonly in: number; readonly out: number };
  readonly ms: number;
  readonly peakMemoryMb: number;
  readonly queue: string;
  /** Where the candidates were run; `off`: without a sandbox, which only the project's own are. */
  readonly sandbox: string | null;
};

type Measured = {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Content-creating writes by their target's key. */
  readonly writes: ReadonlyMap<string, number>;
};

/** Gathers the summary from the graph, from GitHub and from git itself. `diff` is what was merged, for people. */
export async function summarize(
  demo: PlaygroundFleet,
  storyId: StoryId,
  { startedAt, writes }: Measured,
): Promise<{ summary: DemoSummary; diff: string }> {
  const { fleet, playground, simulated } = demo;
  const { contexts } = fleet;
  if (contexts === null) throw new TypeError("the demo's process has the graph");
  const story = await contexts.appDeps.planning.getStory(storyId);
  if (story === null) throw new TypeError("the demo's story is not in the graph");
  const tasks = latestPlan(await contexts.appDeps.workflow.findTasks({ storyId }));
  const councils = (await Promise.all(tasks.map((task) => roundsOf(task, contexts.deliberation.get)))).flat();
  const plan = await contexts.deliberation.latestCouncil({ storyId });
  const base = `${playground.github.url}/${playground.owner}/${playground.repo}`;
  const merged = tasks.flatMap(({ mergeSha }) => (mergeSha === null ? [] : [mergeSha]));
  const { served, diff } = await readRepository(demo, merged);
  const outcomes = [plan, ...councils.map(({ council }) => council)].flatMap((council) =>
    council?.outcome ? [council.outcome] : [],
  );
  return {
    diff,
    summary: {
      type: "summary",
      simulated,
      story: { id: storyId, state: story.state, url: `${base}/issues/${story.issueNumber}` },
      tasks: tasks.map((task) => ({
        id: task.id,
        state: task.state,
        rounds: task.round,
        pullRequest: task.pullRequest === null ? null : `${base}/pull/${task.pullRequest}`,
        mergeSha: task.mergeSha,
        inRepository: task.mergeSha !== null && served.has(task.mergeSha),
      })),
      mergeSha: merged.at(-1) ?? null,
      rounds: councils.map(({ task, council }) => roundSummary(task, council)),
      contentWrites: [...writes.values()].reduce((sum, count) => sum + count, 0),
      contentWritesPerTask: Math.max(
        0,
        ...tasks.map(({ id }) => writes.get(writeKey({ kind: "task", taskId: id })) ?? 0),
      ),
      tokens: {
        in: outcomes.reduce((sum, { tokens }) => sum + tokens.in, 0),
        out: outcomes.reduce((sum, { tokens }) => sum + tokens.out, 0),
      },
      ms: Date.now() - startedAt,
      // maxRSS is in KiB.
      peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
      queue: fleet.queueBackend,
      sandbox: fleet.sandbox,
    },
  };
}

async function roundsOf(task: Task, get: (id: string) => Promise<CouncilView | null>) {
  const numbers = Array.from({ length: task.round }, (_, index) => index + 1);
  const councils = await Promise.all(numbers.map((round) => get(`${task.id}-r${round}`)));
  return councils.flatMap((council) => (council === null ? [] : [{ task, council }]));
}

function roundSummary(task: Task, { round, outcome, note }: CouncilView): RoundSummary {
  if (outcome?.kind !== "implementation") {
    return { task: task.id, round, winner: null, reason: note ?? "The council did not finish.", candidates: [] };
  }
  return {
    task: task.id,
    round,
    winner: outcome.winner,
    reason: outcome.reason,
    candidates: outcome.candidates.map(({ id, model, why, checks }) => ({
      id,
      model,
      winner: id === outcome.winner,
      why,
      checks: Object.fromEntries(checks.map(({ name, status, summary }) => [name, { status, summary }])),
    })),
  };
}

const commits = z.string().transform((text) => new Set(text.split("\n")));

/** Clones what git serves and looks for the merge commits there. */
async function readRepository({ playground }: PlaygroundFleet, merged: readonly string[]) {
  const directory = await mkdtemp(join(tmpdir(), "fleet-demo-"));
  try {
    const { cast, github, owner, repo } = playground;
    const credentials = Buffer.from(`${cast.productOwner.login}:${cast.productOwner.token}`).toString("base64");
    const git = simpleGit({ config: [`http.extraHeader=Authorization: Basic ${credentials}`] });
    await git.clone(`${github.url}/${owner}/${repo}.git`, directory, ["--quiet"]);
    const clone = simpleGit(directory);
    const served = commits.parse(await clone.raw(["rev-list", "HEAD"]));
    const diffs = await Promise.all(
      merged.filter((sha) => served.has(sha)).map((sha) => clone.diff([`${sha}^1`, sha])),
    );
    return { served, diff: diffs.join("\n") };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
