import { Octokit } from "@octokit/rest";

/** A person of the playground: a login of the local GitHub and the token that acts for it. */
export type Person = { readonly login: string; readonly token: string };

/** The people whose day the demo plays (PRODUCT.md, "Whose day it is"). */
export type Cast = { readonly productOwner: Person; readonly architect: Person; readonly qa: Person };

/** What the people say. `rejection` is the architect's feedback on the first round; null approves at once. */
export type Script = {
  readonly title: string;
  readonly body: string;
  readonly rejection: string | null;
  /**
   * The developer, where councils start by command: types the plan, gives the free tasks to a council, and again where it
   * brought nothing. Null where councils start by themselves.
   */
  readonly developer: (Person & { readonly plan: string }) | null;
};

/** One thing that somebody did on GitHub. `key` names it once for ever, so that a restarted demo does not repeat it. */
export type Act = { readonly key: string; readonly who: string; readonly what: string };

export type Place = { readonly apiUrl: string; readonly owner: string; readonly repo: string };

export type People = {
  /** Looks at GitHub as each person would and does what is due: at most one act per person. Returns what was done. */
  step(): Promise<readonly Act[]>;
};

type Rest = InstanceType<typeof Octokit>;
type PullRequest = Awaited<ReturnType<Rest["rest"]["pulls"]["list"]>>["data"][number];

/**
 * The story's people, simulated: each reads labels and pull requests through the public API with an own token and acts
 * only through GitHub, exactly as a person in a browser. `done` remembers acts over a restart; `before` is awaited before
 * each act.
 */
export function createPeople(
  place: Place,
  cast: Cast,
  script: Script,
  done: { has(key: string): boolean; add(key: string): void },
  before: (act: Act) => Promise<void> = async () => {},
): People {
  const { owner, repo } = place;
  const as = (person: Person): Rest =>
    new Octokit({ auth: person.token, baseUrl: place.apiUrl, log: { debug() {}, info() {}, warn() {}, error() {} } });
  const [productOwner, architect, qa] = [as(cast.productOwner), as(cast.architect), as(cast.qa)];

  async function once(key: string, who: Person, what: string, act: () => Promise<unknown>): Promise<Act | null> {
    if (done.has(key)) return null;
    const said = { key, who: who.login, what };
    await before(said);
    await act();
    done.add(key);
    return said;
  }

  async function findStory() {
    const { data } = await productOwner.rest.issues.listForRepo({
      owner,
      repo,
      state: "all",
      creator: cast.productOwner.login,
    });
    return data.find((issue) => issue.title === script.title && issue.pull_request === undefined);
  }

  /** The product owner writes the story, then moves it on at each gate. `visit` tells a second pass from the first. */
  async function actAsProductOwner(): Promise<Act | null> {
    const story = await findStory();
    if (story === undefined) {
      // A label that does not exist yet is dropped silently, so the story waits until the fleet has made its labels.
      const { data: labels } = await productOwner.rest.issues.listLabelsForRepo({ owner, repo, per_page: 100 });
      if (!labels.some(({ name }) => name === "fleet:story")) return null;
      return once("story", cast.productOwner, `opens the story “${script.title}”`, () =>
        productOwner.rest.issues.create({
          owner,
          repo,
          title: script.title,
          body: script.body,
          labels: ["fleet:story"],
        }),
      );
    }
    const state = labelled(story.labels, "story/");
    const comment = (body: string) =>
      productOwner.rest.issues.createComment({ owner, repo, issue_number: story.number, body });
    switch (state) {
      case "draft":
        return once(`submit-${story.number}`, cast.productOwner, "comments /submit", () => comment("/submit"));
      case "po-review":
        return once(`scope-${story.number}`, cast.productOwner, "labels the story story/ready-for-planning", () =>
          productOwner.rest.issues.addLabels({
            owner,
            repo,
            issue_number: story.number,
            labels: ["story/ready-for-planning"],
          }),
        );
      case "planned":
        return once(`plan-${story.number}`, cast.productOwner, "approves the plan with /approve", () =>
          comment("/approve"),
        );
      case "ready-to-review":
        return once(`accept-${story.number}`, cast.productOwner, "accepts the story with /approve", () =>
          comment("/approve"),
        );
      default:
        return approveTask(story.number);
    }
  }

  /** Where later tasks depend on earlier ones, the product owner approves those pull requests one by one. */
  async function approveTask(story: number): Promise<Act | null> {
    const openTasks = await productOwner.rest.pulls.list({ owner, repo, state: "open" });
    for (const pull of openTasks.data) {
      if (labelled(pull.labels, "task/") !== "pending-po-approval") continue;
      if (!(await aTaskWaits(story))) continue;
      return once(
        `po-${pull.number}-${pull.head.sha}`,
        cast.productOwner,
        `approves pull request #${pull.number}`,
        () => review(productOwner, pull, "APPROVE", "Accepted: it does what I asked for."),
      );
    }
    return null;
  }

  async function aTaskWaits(story: number): Promise<boolean> {
    const { data } = await productOwner.rest.issues.listSubIssues({ owner, repo, issue_number: story });
    return data.some((task) => labelled(task.labels, "task/") === "todo");
  }

  function review(octokit: Rest, pull: PullRequest, event: "APPROVE" | "REQUEST_CHANGES", body: string) {
    return octokit.rest.pulls.createReview({
      owner,
      repo,
      pull_number: pull.number,
      commit_id: pull.head.sha,
      event,
      body,
    });
  }

  async function actAsArchitect(pulls: readonly PullRequest[]): Promise<Act | null> {
    const pull = pulls.find((each) => labelled(each.labels, "task/") === "pending-arch-review");
    if (pull === undefined) return null;
    const { rejection } = script;
    if (rejection !== null && !done.has(`reject-${pull.number}`)) {
      return once(`reject-${pull.number}`, cast.architect, `requests changes on #${pull.number}: “${rejection}”`, () =>
        review(architect, pull, "REQUEST_CHANGES", rejection),
      );
    }
    const { data: reviews } = await architect.rest.pulls.listReviews({ owner, repo, pull_number: pull.number });
    if (reviews.some((each) => each.commit_id === pull.head.sha && each.state === "CHANGES_REQUESTED")) return null;
    return once(`arch-${pull.number}-${pull.head.sha}`, cast.architect, `approves the design of #${pull.number}`, () =>
      review(architect, pull, "APPROVE", "The design fits."),
    );
  }

  async function actAsQa(pulls: readonly PullRequest[]): Promise<Act | null> {
    const pull = pulls.find((each) => labelled(each.labels, "task/") === "pending-qa");
    if (pull === undefined) return null;
    return once(`qa-${pull.number}-${pull.head.sha}`, cast.qa, `approves the tests of #${pull.number}`, () =>
      review(qa, pull, "APPROVE", "Every criterion has a test, and all of them pass."),
    );
  }

  /** By task issue: whether the council that was asked for has not begun yet. */
  const awaited = new Set<number>();

  async function actAsDeveloper(): Promise<Act | null> {
    const { developer } = script;
    const story = developer === null ? undefined : await findStory();
    if (developer === null || story === undefined) return null;
    const comment = (issue_number: number, body: string) =>
      as(developer).rest.issues.createComment({ owner, repo, issue_number, body });
    if (labelled(story.labels, "story/") === "ready-for-planning")
      return once(`typed-${story.number}`, developer, "types the plan", () => comment(story.number, developer.plan));
    const { data: tasks } = await productOwner.rest.issues.listSubIssues({ owner, repo, issue_number: story.number });
    for (const { number, labels } of tasks) {
      if (labelled(labels, "task/") !== "todo") {
        awaited.delete(number);
        continue;
      }
      if (awaited.has(number)) continue;
      awaited.add(number);
      let round = 1;
      while (done.has(`council-${number}-${round}`)) round += 1;
      const what = `comments /council on #${number}${round === 1 ? "" : ", once more"}`;
      return once(`council-${number}-${round}`, developer, what, () => comment(number, "/council"));
    }
    return null;
  }

  return {
    async step() {
      const { data: pulls } = await architect.rest.pulls.list({ owner, repo, state: "open" });
      const acts = await Promise.all([actAsProductOwner(), actAsArchitect(pulls), actAsQa(pulls), actAsDeveloper()]);
      return acts.filter((act) => act !== null);
    },
  };
}

function labelled(labels: readonly (string | { name?: string | null })[], prefix: string): string | null {
  const names = labels.map((label) => (typeof label === "string" ? label : (label.name ?? "")));
  return names.find((name) => name.startsWith(prefix))?.slice(prefix.length) ?? null;
}
