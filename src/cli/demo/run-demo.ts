import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import colors from "picocolors";
import { ConfigurationError } from "../../kernel/errors.ts";
import type { FleetEvent } from "../../kernel/event.ts";
import { type StoryId, storyId } from "../../kernel/ids.ts";
import type { Environment } from "../../platform/config/environment.ts";
import { createLogger } from "../../platform/logging/create-logger.ts";
import { type Act, createPeople } from "../../playground/people.ts";
import {
  architectRejection,
  parseStoryFile,
  type SampleStory,
  sampleRepositoryDirectory,
  sampleRepositoryName,
  sampleStories,
} from "../../playground/sample/script.ts";
import { withModelFile } from "../../wiring/with-model-file.ts";
import { freePort } from "../free-port.ts";
import { holdDataDir } from "../hold-data-dir.ts";
import { type PlaygroundFleet, startPlaygroundFleet } from "../playground-fleet.ts";
import { printAddresses } from "../print-addresses.ts";
import { untilStopped } from "../until-stopped.ts";
import { writeWhole } from "../write-whole.ts";
import { openActsDone } from "./acts-done.ts";
import { closing, elapsed, intro, paintDiff } from "./demo-lines.ts";
import { openDemoRun } from "./demo-run.ts";
import { eventLine } from "./event-line.ts";
import { roundTable } from "./round-table.ts";
import { storyObstacle } from "./story-obstacle.ts";
import { summarize } from "./summarize.ts";
import { recordTranscript } from "./transcript/record-transcript.ts";

export type DemoOptions = {
  /** Leave everything running at the end. */
  readonly keep: boolean;
  /** One JSON object a line: events, then the summary. */
  readonly json: boolean;
  /** A story of one's own, as a Markdown file. */
  readonly story?: string | undefined;
  /** The repository that it is about. */
  readonly repo?: string | undefined;
  /** A file for everything that the fleet wrote on GitHub, as Markdown. */
  readonly transcript?: string | undefined;
};

/** Between two looks of the people at GitHub, in milliseconds. */
const lookMs = 250;
/** A story that takes longer with a rehearsal or a model is stuck. */
const rehearsalMs = 5 * 60_000;
const modelMs = 2 * 60 * 60_000;

/**
 * Takes one real story from issue to merged pull request on the embedded engines, with the gates decided by the story's
 * (simulated) people. Returns the exit code: 0 when the story is done, 1 when it is not.
 */
export async function runDemo(environment: Environment, options: DemoOptions): Promise<number> {
  const startedAt = Date.now();
  const chosen = choose(environment, options);
  const release = await holdDataDir(environment.dataDir, "demo");
  try {
    return await withModelFile(environment, (served) => runChosen(served, options, chosen, startedAt));
  } finally {
    await release();
  }
}

function choose(environment: Environment, options: DemoOptions): Chosen {
  const chosen = chooseStory(options);
  const { hosts, file } = environment.models;
  if (!chosen.bundled && hosts.length === 0 && file === undefined) {
    throw new ConfigurationError(
      "FLEET_MODEL_HOSTS is missing: the rehearsal model knows only its own stories; for example FLEET_MODEL_HOSTS=http://gpu-1:8000/v1",
    );
  }
  return chosen;
}

async function runChosen(
  environment: Environment,
  options: DemoOptions,
  { story, repository, bundled }: Chosen,
  startedAt: number,
): Promise<number> {
  const run = await openDemoRun(
    join(environment.dataDir, "demo"),
    { title: story.title, repository: repository.directory },
    freePort,
    options.transcript === undefined,
  );
  const say = (line: string) => {
    if (!options.json) console.log(line);
  };
  const ended: { reason: string | null } = { reason: null };
  const writes = new Map<string, number>();
  const observe = (event: FleetEvent) => {
    if (options.json) console.log(JSON.stringify({ type: "event", event }));
    const line = eventLine(event, colors);
    if (line !== null) say(`${elapsed(startedAt)}  ${line}`);
    ended.reason = endOf(event) ?? ended.reason;
  };
  const demo = await startPlaygroundFleet({
    environment,
    directory: run.directory,
    webPort: run.webPort,
    repository,
    rehearse: bundled,
    logger: createLogger({ level: environment.log.level, format: "json", stream: openLogFile(run.directory) }),
    observe,
    written: (key, cost) => {
      if (cost === "content") writes.set(key, (writes.get(key) ?? 0) + 1);
    },
  });
  try {
    say(intro(demo, run.resumed));
    const deadlineAt = startedAt + (bundled ? rehearsalMs : modelMs);
    const transcript = options.transcript === undefined ? null : recordTranscript(demo);
    const before = transcript?.before ?? (async () => {});
    const done = await play(demo, story, bundled, run.directory, say, { startedAt, deadlineAt, ended, before });
    if (options.transcript !== undefined) writeWhole(options.transcript, (await transcript?.finish()) ?? "");
    const { summary, diff } = await summarize(demo, done.storyId, { startedAt, writes });
    if (options.json) {
      // Standard output is JSON alone.
      if (done.problem !== null) console.error(`The story is not done: ${done.problem}`);
      console.log(JSON.stringify(summary));
    } else {
      for (const round of summary.rounds) say(`\n${roundTable(round, colors)}`);
      if (diff !== "") say(`\n${colors.bold("What was merged")}\n${paintDiff(diff, colors)}`);
      say(closing(summary, done.problem));
    }
    run.finish();
    if (options.keep) {
      await printAddresses(demo, environment, say);
      await untilStopped();
    }
    return done.problem === null && summary.tasks.every(({ inRepository }) => inRepository) ? 0 : 1;
  } finally {
    await demo.close();
  }
}

/** The view is for people; what the processes log goes to a file beside the run. */
function openLogFile(directory: string) {
  const file = join(directory, "fleet.log");
  return { write: (line: string) => appendFileSync(file, line) };
}

type Chosen = {
  readonly story: SampleStory;
  readonly repository: { readonly name: string; readonly directory: string };
  /** Whether the rehearsal model knows this story on this repository. */
  readonly bundled: boolean;
};

function chooseStory({ story, repo }: DemoOptions): Chosen {
  const [sample] = sampleStories();
  if (sample === undefined) throw new TypeError("the sample stories are missing from this build");
  const repository =
    repo === undefined
      ? { name: sampleRepositoryName, directory: sampleRepositoryDirectory }
      : { name: basename(resolve(repo)), directory: resolve(repo) };
  for (const path of [story, repo].filter((given) => given !== undefined)) {
    if (!existsSync(path)) throw new ConfigurationError(`There is no such file or directory: ${path}`);
  }
  if (story === undefined) return { story: sample, repository, bundled: repo === undefined };
  const own = parseStoryFile(basename(story), readFileSync(story, "utf8"));
  const known = repo === undefined && sampleStories().some(({ title }) => title === own.title);
  return { story: own, repository, bundled: known };
}

type Stage = {
  readonly startedAt: number;
  readonly deadlineAt: number;
  readonly ended: { reason: string | null };
  /** Awaited before each act of the people. */
  readonly before: (act: Act) => Promise<void>;
};

/** Lets the people act until the story is done, a council gave up, or the time is over. */
async function play(
  demo: PlaygroundFleet,
  story: SampleStory,
  bundled: boolean,
  directory: string,
  say: (line: string) => void,
  { startedAt, deadlineAt, ended, before }: Stage,
): Promise<{ storyId: StoryId; problem: string | null }> {
  const { playground, fleet } = demo;
  const people = createPeople(
    { apiUrl: `${playground.github.url}/api/v3`, owner: playground.owner, repo: playground.repo },
    playground.cast,
    { title: story.title, body: story.body, rejection: bundled ? architectRejection : null },
    openActsDone(join(directory, "acts.json")),
    before,
  );
  for (;;) {
    for (const { who, what } of await people.step()) {
      say(`${elapsed(startedAt)}  ${colors.magenta(`@${who}`)} ${what}`);
    }
    const id = await findStory(demo, story.title);
    const deps = fleet.contexts?.appDeps;
    const known = id === null ? null : await deps?.planning.getStory(id);
    const state = known?.state;
    if (id !== null && state === "done") return { storyId: id, problem: null };
    const obstacle = deps !== undefined && known != null ? await storyObstacle(deps, known) : null;
    if (id !== null && obstacle !== null) return { storyId: id, problem: obstacle };
    if (id !== null && ended.reason !== null) return { storyId: id, problem: ended.reason };
    if (Date.now() > deadlineAt) {
      if (id === null) throw new Error("the story never reached the fleet");
      return {
        storyId: id,
        problem: `The story is still in the state ${state ?? "unknown"}; the demo gave up waiting.`,
      };
    }
    await wait(lookMs);
  }
}

async function findStory({ fleet }: PlaygroundFleet, title: string): Promise<StoryId | null> {
  const stories = (await fleet.contexts?.findStories()) ?? [];
  const found = stories.find((story) => story.title === title);
  return found === undefined ? null : storyId(found.repository, found.issueNumber);
}

/** The events after which nothing goes on by itself. */
function endOf(event: FleetEvent): string | null {
  if (event.type === "deliberation.failed") return event.payload.reason;
  if (event.type !== "deliberation.completed") return null;
  const { winner, plan, reason } = event.payload;
  return winner === null && plan === null ? reason : null;
}
