import { storyId } from "../../kernel/ids.ts";
import type { StoryState, TaskState } from "../../kernel/states.ts";
import { sampleStories } from "../../playground/sample/script.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { dayPlace } from "./day-github.ts";
import type { DayStage } from "./day-stage.ts";

const minuteMs = 60_000;

/** The longest that a person waits for the fleet's side of a step, in virtual milliseconds. */
const patienceMs = 12 * 60 * minuteMs;

/**
 * People take one story from issue to merge, by labels, commands, commits and reviews; nobody has a council. They come
 * back to it every few minutes, as people do: `pace` stretches or shortens that.
 *
 * @throws {Error} when the fleet does not do its part of a step
 */
export async function liveStory(stage: DayStage, tasks: number, pace: number): Promise<void> {
  const { time, act } = stage;
  const [sample] = sampleStories();
  if (sample === undefined) throw new TypeError("the sample stories are missing from this build");
  const pauseFor = (minutes: number) => time.sleep(minutes * pace * minuteMs);
  const owner = stage.as("productOwner").rest;
  const issue_number = await act(async () => {
    const { data } = await owner.issues.create({ ...dayPlace, ...textOf(sample), labels: ["fleet:story"] });
    return data.number;
  });
  const reach = (...states: StoryState[]) =>
    until(stage, `story ${issue_number} in ${states.join(" or ")}`, async () => {
      const story = await stage.contexts.appDeps.planning.getStory(storyId(stage.repository, issue_number));
      return story !== null && states.includes(story.state) ? story : null;
    });
  const label = async (name: string) =>
    act(() => owner.issues.addLabels({ ...dayPlace, issue_number, labels: [name] }));

  await reach("draft");
  await pauseFor(2);
  await act(() => owner.issues.update({ ...dayPlace, issue_number, title: `${sample.title} (${issue_number})` }));
  await pauseFor(1);
  await label("story/po-review");
  await reach("po-review");
  await pauseFor(10);
  await label("story/ready-for-planning");
  await reach("ready-for-planning");
  await pauseFor(10);
  const plan = Array.from({ length: tasks }, (_, n) => `- [ ] Do part ${n + 1} (developer, 2h, covers ${coverOf(n)})`);
  await act(() =>
    stage.as("developer").rest.issues.createComment({ ...dayPlace, issue_number, body: plan.join("\n") }),
  );
  await reach("planned");
  await pauseFor(5);
  await act(() => owner.issues.createComment({ ...dayPlace, issue_number, body: "/approve" }));
  await reach("ready-for-execution");
  const numbers = Array.from({ length: tasks }, (_, n) => n + 1);
  await Promise.all(numbers.map((number) => liveTask(stage, issue_number, number, pauseFor)));
  await reach("ready-to-review");
  await pauseFor(15);
  await act(() => owner.issues.createComment({ ...dayPlace, issue_number, body: "/approve" }));
  await reach("done");
}

/** One task, from claim to the product owner's gate. */
async function liveTask(
  stage: DayStage,
  issueNumber: number,
  number: number,
  pauseFor: (minutes: number) => Promise<void>,
): Promise<void> {
  const { act } = stage;
  const reach = (state: TaskState, isThere: (task: Task) => boolean = () => true) =>
    until(stage, `task ${number} of story ${issueNumber} in ${state}`, async () => {
      const tasks = await stage.contexts.appDeps.workflow.findTasks({
        storyId: storyId(stage.repository, issueNumber),
      });
      return tasks.find((task) => task.number === number && task.state === state && isThere(task)) ?? null;
    });
  const developer = stage.as("developer").rest;
  const open = await reach("todo", (task) => task.issueNumber !== null);
  await pauseFor(5 * number);
  await act(() => developer.issues.createComment({ ...dayPlace, issue_number: open.issueNumber ?? 0, body: "/claim" }));
  await reach("implementing");
  await pauseFor(25);
  await act(async () => {
    const { data: main } = await developer.git.getRef({ ...dayPlace, ref: "heads/main" });
    await developer.git.createRef({ ...dayPlace, ref: `refs/heads/${open.branch}`, sha: main.object.sha });
    await developer.repos.createOrUpdateFileContents({
      ...dayPlace,
      branch: open.branch,
      path: `src/${issueNumber}-${number}.ts`,
      message: `Do part ${number}`,
      content: Buffer.from("export {};\n").toString("base64"),
    });
  });
  const pulled = await reach("pending-arch-review", (task) => task.pullRequest !== null);
  const review = (who: "architect" | "qa") =>
    act(() =>
      stage
        .as(who)
        .rest.pulls.createReview({ ...dayPlace, pull_number: pulled.pullRequest ?? 0, event: "APPROVE", body: "" }),
    );
  await pauseFor(20);
  await review("architect");
  await reach("pending-qa");
  await pauseFor(20);
  await review("qa");
  await reach("pending-po-approval");
}

/** The sample's criteria, one after another. */
function coverOf(n: number): string {
  return n === 0 ? "1 2 3" : String((n % 3) + 1);
}

function textOf({ title, body }: { readonly title: string; readonly body: string }) {
  return { title, body };
}

/** Looks again every minute until there is an answer. */
async function until<T>(stage: DayStage, what: string, look: () => Promise<T | null>): Promise<T> {
  const deadline = stage.time.now() + patienceMs;
  for (;;) {
    const found = await stage.act(look);
    if (found !== null) return found;
    if (stage.time.now() > deadline) throw new Error(`The fleet did not bring ${what}.`);
    await stage.time.sleep(minuteMs);
  }
}
