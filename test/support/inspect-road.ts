import { Octokit } from "@octokit/rest";
import { z } from "zod";
import type { Graph } from "../../src/platform/graph/graph.ts";
import type { Playground } from "../../src/playground/start-playground.ts";

/** One story's road as it stands on GitHub and in the graph, for tests that look for what is doubled or lost. */
export type Road = {
  readonly story: Post;
  readonly stories: number;
  readonly tasks: readonly Post[];
  readonly subIssues: number;
  readonly pulls: readonly (Post & {
    readonly merged: boolean;
    readonly mergeSha: string | null;
    /** By the deliberation that each commit of the branch names; null without a trailer. */
    readonly commits: readonly (string | null)[];
    readonly checkRuns: readonly string[];
    /** What the check runs say, in no order. */
    readonly checkTexts: readonly string[];
  })[];
  /** Merge commits on the default branch. */
  readonly merges: readonly string[];
  /** For each story and task the states it went through, and whether each transition begins where the last one ended. */
  readonly chains: readonly { readonly of: string; readonly states: readonly string[]; readonly unbroken: boolean }[];
  /** Events that the outbox still holds. */
  readonly unpublished: number;
};

/** An issue or a pull request, with the hidden markers of the App's comments and reviews on it. */
export type Post = {
  readonly number: number;
  readonly state: string;
  readonly body: string;
  readonly labels: readonly string[];
  /** By marker: the texts of the App's comments; more than one is a double. */
  readonly comments: ReadonlyMap<string, readonly string[]>;
  readonly reviews: ReadonlyMap<string, readonly string[]>;
};

type Rest = InstanceType<typeof Octokit>["rest"];
type Where = { readonly owner: string; readonly repo: string };

/** Reads the road of the story with this title as its product owner sees it, and its records in the graph. */
export async function inspectRoad(playground: Playground, graph: Graph, title: string): Promise<Road> {
  const { owner, repo, cast, github } = playground;
  const { rest } = new Octokit({ auth: cast.productOwner.token, baseUrl: `${github.url}/api/v3` });
  const where = { owner, repo };
  const { data: issues } = await rest.issues.listForRepo({ ...where, state: "all", per_page: 100 });
  const stories = issues.filter((issue) => issue.title === title && issue.pull_request === undefined);
  const [story] = stories;
  if (story === undefined) throw new Error("there is no story issue");
  const tasks = issues.filter(({ body }) => body?.includes("<!-- fleet:task ") === true);
  const { data: subIssues } = await rest.issues.listSubIssues({ ...where, issue_number: story.number });
  const { data: pulls } = await rest.pulls.list({ ...where, state: "all", per_page: 100 });
  const { data: main } = await rest.repos.listCommits({ ...where, per_page: 100 });
  return {
    story: await readPost(rest, where, story.number, false),
    stories: stories.length,
    tasks: await Promise.all(
      tasks.filter((task) => task.pull_request === undefined).map(({ number }) => readPost(rest, where, number, false)),
    ),
    subIssues: subIssues.length,
    pulls: await Promise.all(pulls.map(({ number, head }) => readPull(rest, where, number, head.sha))),
    merges: main.filter(({ parents }) => parents.length > 1).map(({ sha }) => sha),
    chains: await readChains(graph),
    unpublished: (await graph.query("MATCH (e:Outbox) RETURN e.id AS id")).length,
  };
}

async function readPost(rest: Rest, where: Where, number: number, isPull: boolean): Promise<Post> {
  const { data } = await rest.issues.get({ ...where, issue_number: number });
  const { data: comments } = await rest.issues.listComments({ ...where, issue_number: number, per_page: 100 });
  const reviews = isPull ? (await rest.pulls.listReviews({ ...where, pull_number: number, per_page: 100 })).data : [];
  return {
    number,
    state: data.state,
    body: data.body ?? "",
    labels: data.labels.map((label) => (typeof label === "string" ? label : (label.name ?? ""))),
    comments: byMarker(comments),
    reviews: byMarker(reviews),
  };
}

/** The App's own texts by the marker that names their place. */
function byMarker(texts: readonly { readonly body?: string; readonly user: { readonly type: string } | null }[]) {
  const found = new Map<string, string[]>();
  for (const { body = "", user } of texts) {
    if (user?.type !== "Bot") continue;
    const marker = /<!-- fleet:(.+?) -->/.exec(body)?.[1] ?? "no marker";
    found.set(marker, [...(found.get(marker) ?? []), body]);
  }
  return found;
}

async function readPull(rest: Rest, where: Where, number: number, headSha: string) {
  const post = await readPost(rest, where, number, true);
  const { data } = await rest.pulls.get({ ...where, pull_number: number });
  const { data: commits } = await rest.pulls.listCommits({ ...where, pull_number: number, per_page: 100 });
  const { data: checks } = await rest.checks.listForRef({ ...where, ref: headSha, filter: "all" });
  return {
    ...post,
    merged: data.merged,
    mergeSha: data.merge_commit_sha,
    commits: commits.map(({ commit }) => /^Fleet-Deliberation: (.+)$/m.exec(commit.message)?.[1] ?? null),
    checkRuns: checks.check_runs.map(({ name }) => name).sort(),
    checkTexts: checks.check_runs.map(({ output }) => `${output.title}\n${output.summary}\n${output.text}`),
  };
}

const record = z.object({ of: z.string(), from: z.string(), to: z.string() });

async function readChains(graph: Graph): Promise<Road["chains"]> {
  const rows = await graph.query(
    "MATCH (n)-[:NEXT]->(r:Transition) RETURN n.id AS of, r.from AS from, r.to AS to ORDER BY r.sequence",
  );
  const records = rows.map((row) => record.parse(row));
  return [...new Set(records.map(({ of }) => of))].sort().map((of) => {
    const own = records.filter((each) => each.of === of);
    return {
      of,
      states: [own[0]?.from ?? "", ...own.map(({ to }) => to)],
      unbroken: own.every(({ from }, index) => index === 0 || from === own[index - 1]?.to),
    };
  });
}
