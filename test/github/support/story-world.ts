import { storyId } from "../../../src/kernel/ids.ts";
import { getStory } from "../../../src/planning/application/find-stories.ts";
import type { Story } from "../../../src/planning/domain/story.ts";
import { findTasks } from "../../../src/workflow/application/find-tasks.ts";
import type { CouncilPolicy } from "../../../src/workflow/application/ports.ts";
import type { Task } from "../../../src/workflow/domain/task.ts";
import { startFleet } from "./fleet.ts";
import { startWorld } from "./local-world.ts";
import { aStory } from "./samples.ts";

const fleetYml =
  "roles: { product-owner: [olga], architect: [arno], qa: [quinn], developer: [dev], devops: [], data: [] }\n";

/** The repository of the world. */
export const shop = { owner: "acme", repo: "shop" };

/** A plan of two tasks, as people type it. */
export const twoTasks = [
  "- [ ] Check the date (developer, 2h, covers 1)",
  "- [ ] Show the total (developer, 1h, after 1, covers 2)",
].join("\n");

/** A fleet on a local GitHub, without models if not said otherwise, with the steps of stories in tests of single events. */
export async function startStoryWorld(given: Partial<CouncilPolicy> = {}) {
  const world = await startWorld({ "src/coupon.ts": "// old\n", ".github/fleet.yml": fleetYml });
  /** What a test may change on the way. */
  const policy: { -readonly [Name in keyof CouncilPolicy]: CouncilPolicy[Name] } = {
    start: "command",
    available: false,
    maxRounds: 3,
    ...given,
  };
  const fleet = await startFleet(world, policy);

  async function storyOf(issueNumber: number): Promise<Story> {
    const found = await getStory(fleet.planning, storyId(world.ref.repository, issueNumber));
    if (found === null) throw new Error(`issue ${issueNumber} is no story`);
    return found;
  }

  async function taskOf(issueNumber: number, number = 1): Promise<Task> {
    const tasks = await findTasks(fleet.workflow, { storyId: (await storyOf(issueNumber)).id });
    const found = tasks.filter((task) => task.number === number).at(-1);
    if (found === undefined) throw new Error(`there is no task ${number}`);
    return found;
  }

  /** Comments on an issue or pull request, and answers with the fleet's new texts there. */
  function say(login: string, issueNumber: number, body: string): Promise<readonly string[]> {
    return during(issueNumber, () =>
      world.as(login).rest.issues.createComment({ ...shop, issue_number: issueNumber, body }),
    );
  }

  /** The fleet's comments that something leads to on an issue or pull request. */
  async function during(issueNumber: number, something: () => Promise<unknown>): Promise<readonly string[]> {
    const before = new Set((await botComments(issueNumber)).map((comment) => comment.id));
    await something();
    await fleet.settle();
    return (await botComments(issueNumber)).filter((comment) => !before.has(comment.id)).map((comment) => comment.body);
  }

  async function botComments(issueNumber: number): Promise<readonly { id: number; body: string }[]> {
    const { data } = await world
      .as("olga")
      .rest.issues.listComments({ ...shop, issue_number: issueNumber, per_page: 100 });
    return data.filter((each) => each.user?.type === "Bot").map(({ id, body = "" }) => ({ id, body }));
  }

  async function newStory(extra: { milestone?: number } = {}, plan = ""): Promise<number> {
    const { title } = aStory();
    const body = `${aStory().body}\n\n### Plan\n${plan}`;
    const { data } = await world
      .as("olga")
      .rest.issues.create({ ...shop, title, body, labels: ["fleet:story"], ...extra });
    await fleet.settle();
    return data.number;
  }

  /** A story in `planned`. */
  async function plannedStory(plan = twoTasks, extra: { milestone?: number } = {}): Promise<number> {
    const number = await newStory(extra, plan);
    await say("olga", number, "/submit\n/approve");
    return number;
  }

  /** A story in `ready-for-execution`, with its tasks' issues. */
  async function storyWithTasks(plan = twoTasks, extra: { milestone?: number } = {}): Promise<number> {
    const number = await plannedStory(plan, extra);
    await say("olga", number, "/approve");
    return number;
  }

  /** Claims the task and pushes to its branch: it waits for the architect then. */
  async function handIn(issueNumber: number, number = 1): Promise<Task> {
    const { issueNumber: sub, branch } = await taskOf(issueNumber, number);
    await say("dev", sub ?? 0, "/claim");
    const dev = world.as("dev").rest;
    const { data: main } = await dev.git.getRef({ ...shop, ref: "heads/main" });
    await dev.git.createRef({ ...shop, ref: `refs/heads/${branch}`, sha: main.object.sha });
    const content = Buffer.from(`// ${branch}\n`).toString("base64");
    await dev.repos.createOrUpdateFileContents({
      ...shop,
      path: `src/${issueNumber}-${number}.ts`,
      branch,
      message: "Work",
      content,
    });
    await fleet.settle();
    return taskOf(issueNumber, number);
  }

  async function issue(issueNumber: number) {
    const { data } = await world.as("olga").rest.issues.get({ ...shop, issue_number: issueNumber });
    return data;
  }

  async function close(): Promise<void> {
    await fleet.close();
    await world.close();
  }

  return {
    world,
    fleet,
    policy,
    storyOf,
    taskOf,
    say,
    during,
    botComments,
    newStory,
    plannedStory,
    storyWithTasks,
    handIn,
    issue,
    close,
  };
}

export type StoryWorld = Awaited<ReturnType<typeof startStoryWorld>>;
