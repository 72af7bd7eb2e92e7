import { Octokit } from "@octokit/rest";

/** Something that the fleet wrote, in its present form. */
export type Piece = {
  /** The same for the same place, whatever stands there. */
  readonly key: string;
  /** Where it stands. */
  readonly title: string;
  /** Markdown. */
  readonly text: string;
};

type Rest = InstanceType<typeof Octokit>["rest"];
type Place = { readonly owner: string; readonly repo: string };
type Issue = Awaited<ReturnType<Rest["issues"]["listForRepo"]>>["data"][number];

/** The labels of a check run's buttons, which GitHub shows but its REST API does not tell. */
export type ButtonsOf = (checkRunId: number) => readonly string[];

/** Reads everything that Apps wrote in a repository as a person sees it, issue by issue, oldest first. */
export async function readPieces(
  apiUrl: string,
  token: string,
  place: Place,
  buttonsOf: ButtonsOf,
): Promise<readonly Piece[]> {
  const { rest } = new Octokit({ auth: token, baseUrl: apiUrl });
  const { data: labels } = await rest.issues.listLabelsForRepo({ ...place, per_page: 100 });
  const query = { ...place, state: "all", direction: "asc", per_page: 100 } as const;
  const { data: issues } = await rest.issues.listForRepo(query);
  const names = labels.map(({ name }) => `\`${name}\``).filter((name) => /^`(fleet:|story\/|task\/)/.test(name));
  const pieces: Piece[] = [{ key: "labels", title: "labels of the repository", text: names.join(" ") }];
  for (const issue of issues.toSorted((a, b) => a.number - b.number)) {
    pieces.push(...(await piecesOfIssue(rest, place, issue)));
    if (issue.pull_request !== undefined) pieces.push(...(await piecesOfPull(rest, place, issue.number, buttonsOf)));
  }
  return pieces;
}

async function piecesOfIssue(rest: Rest, place: Place, issue: Issue): Promise<readonly Piece[]> {
  const { number } = issue;
  const what = issue.pull_request === undefined ? "issue" : "pull request";
  const names = issue.labels.map((label) => (typeof label === "string" ? label : (label.name ?? ""))).toSorted();
  const state = issue.state === "open" ? "" : ` and is closed${reasonOf(issue)}`;
  const pieces: Piece[] = [];
  if (issue.user?.type === "Bot")
    pieces.push({ key: `${number}`, title: `${what} #${number}: ${issue.title}`, text: issue.body ?? "" });
  pieces.push({
    key: `${number}-labels`,
    title: `labels of ${what} #${number}`,
    text: `It carries ${names.map((name) => `\`${name}\``).join(" ") || "no label"}${state}.`,
  });
  const { data: comments } = await rest.issues.listComments({ ...place, issue_number: number, per_page: 100 });
  for (const [index, comment] of comments.entries()) {
    const key = `${number}-comment-${index}`;
    if (comment.user?.type === "Bot") {
      pieces.push({ key, title: `comment on ${what} #${number}`, text: comment.body ?? "" });
      continue;
    }
    const { data } = await rest.reactions.listForIssueComment({ ...place, comment_id: comment.id, per_page: 100 });
    const marks = data.filter(({ user }) => user?.type === "Bot").map(({ content }) => `:${content}:`);
    const said = (comment.body ?? "").split("\n")[0] ?? "";
    if (marks.length > 0)
      pieces.push({ key, title: `reactions on the comment \`${said.slice(0, 60)}\``, text: marks.join(" ") });
  }
  return pieces;
}

function reasonOf({ state_reason, pull_request }: Issue): string {
  if (pull_request?.merged_at !== null && pull_request?.merged_at !== undefined) return ", merged";
  return state_reason === null || state_reason === undefined ? "" : ` as ${state_reason.replace("_", " ")}`;
}

async function piecesOfPull(rest: Rest, place: Place, number: number, buttonsOf: ButtonsOf): Promise<readonly Piece[]> {
  const where = { ...place, pull_number: number, per_page: 100 };
  const pieces: Piece[] = [];
  const { data: commits } = await rest.pulls.listCommits(where);
  for (const [index, { sha, commit, author }] of commits.entries()) {
    if (author?.type !== "Bot") continue;
    const title = `commit ${index + 1} of pull request #${number}`;
    pieces.push({ key: `${number}-commit-${index}`, title, text: `\`\`\`\n${commit.message}\n\`\`\`` });
    pieces.push(...(await checkRunsOf(rest, place, sha, title, buttonsOf)));
  }
  const { data: reviews } = await rest.pulls.listReviews(where);
  const { data: comments } = await rest.pulls.listReviewComments(where);
  for (const [index, review] of reviews.entries()) {
    if (review.user?.type !== "Bot") continue;
    const inline = comments
      .filter((comment) => comment.pull_request_review_id === review.id)
      .map(({ path, line, body }) => `On \`${path}:${line ?? "?"}\`:\n\n${body}`);
    const text = [review.body, ...inline].join("\n\n");
    pieces.push({ key: `${number}-review-${index}`, title: `review of pull request #${number}`, text });
  }
  return pieces;
}

async function checkRunsOf(
  rest: Rest,
  place: Place,
  ref: string,
  commit: string,
  buttonsOf: ButtonsOf,
): Promise<readonly Piece[]> {
  const { data } = await rest.checks.listForRef({ ...place, ref, per_page: 100 });
  return data.check_runs
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map(({ id, name, status, conclusion, output }) => {
      const buttons = buttonsOf(id).map((label) => `[${label}]`);
      return {
        key: `${commit}-${name}`,
        title: `check run ${name} on ${commit}`,
        text: [
          `**${output.title ?? ""}** (${conclusion ?? status.replace("_", " ")})`,
          buttons.length === 0 ? "" : `Buttons: ${buttons.join(" ")}`,
          output.summary ?? "",
          output.text ?? "",
        ]
          .filter((part) => part !== "")
          .join("\n\n"),
      };
    });
}
