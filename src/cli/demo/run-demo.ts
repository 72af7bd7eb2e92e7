import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import colors from "picocolors";
import { ConfigurationError } from "../../kernel/errors.ts";
import type { FleetEvent } from "../../kernel/event.ts";
import { type StoryId, storyId } from "../../kernel/ids.ts";
import type { Environment } from "../../platform/config/environment.ts";
import { createLogger } from "../../platform/logging/create-logger.ts";
import { kataRepository } from "../../playground/kata/kata.ts";
import { type Act, createPeople } from "../../playground/people.ts";
import { architectRejection } from "../../playground/sample/script.ts";
import { withModelFile } from "../../wiring/with-model-file.ts";
import { freePort } from "../free-port.ts";
import { holdDataDir } from "../hold-data-dir.ts";
import { type PlaygroundFleet, startPlaygroundFleet } from "../playground-fleet.ts";
import { printAddresses } from "../print-addresses.ts";
import { untilStopped } from "../until-stopped.ts";
import { writeWhole } from "../write-whole.ts";
import { openActsDone } from "./acts-done.ts";
import { type ChosenStory, chooseStory, type StoryOptions } from "./choose-story.ts";
import { closing, elapsed, intro, paintDiff } from "./demo-lines.ts";
import { openDemoRun } from "./demo-run.ts";
import { createEndOf } from "./end-of.ts";
import { eventLine } from "./event-line.ts";
import { liveNeedsSandbox, liveRounds, withLiveModel } from "./live-model.ts";
import { roundTable } from "./round-table.ts";
import { storyObstacle } from "./story-obstacle.ts";
import { summarize } from "./summarize.ts";
import { recordTranscript } from "./transcript/record-transcript.ts";

export type DemoOptions = StoryOptions & {
  /** Leave everything running at the end. */
  readonly keep: boolean;
  /** One JSON object a line: events, then the summary. */
  readonly json: boolean;
  /** A file for everything that the fleet wrote on GitHub, as Markdown. */
  readonly transcript?: string | undefined;
};

/** Between two looks of the people at GitHub, in milliseconds. */
const lookMs = 250;
/** A story that takes longer with a rehearsal, or the kata, or a model is stuck. */
const rehearsalMs = 5 * 60_000;
const modelMs = 2 * 60 * 60_000;

/**
 * Takes one real story from issue to merged pull request on the embedded engines, with the gates decided by the story's
 * (simulated) people. Returns the exit code: 0 when the story is done, 1 when it is not.
 */
export async function runDemo(environment: Environment, options: DemoOptions): Promise<number> {
  const startedAt = Date.now();
  const chosen = chooseStory(environment, options);
  const release = await holdDataDir(environment.dataDir, "demo");
  try {
    const say = options.json ? console.error : console.log;
    const equipped = chosen.live ? await withLiveModel(environment, say) : environment;
    return await withModelFile(equipped, (served) => runChosen(served, options, chosen, startedAt));
  } finally {
    await release();
  }
}

async function runChosen(
  environment: Environment,
  options: DemoOptions,
  chosen: ChosenStory,
  startedAt: number,
): Promise<number> {
  const { story, repository, bundled, live } = chosen;
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
  const endOf = createEndOf(live ? liveRounds : 1, chosen.plan !== null);
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
    if (live && demo.fleet.sandbox === "off") throw new ConfigurationError(liveNeedsSandbox);
    say(intro(demo, run.resumed, live ? environment.models : null));
    const isKnown = bundled || repository === kataRepository;
    const deadlineAt = startedAt + (isKnown ? rehearsalMs : modelMs);
    const transcript = options.transcript === undefined ? null : recordTranscript(demo);
    const before = transcript?.before ?? (async () => {});
    const done = await play(demo, chosen, run.directory, say, { startedAt, deadlineAt, ended, before });
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
  { story, bundled, plan }: ChosenStory,
  directory: string,
  say: (line: string) => void,
  { startedAt, deadlineAt, ended, before }: Stage,
): Promise<{ storyId: StoryId; problem: string | null }> {
  const { playground, fleet } = demo;
  const people = createPeople(
    { apiUrl: `${playground.github.url}/api/v3`, owner: playground.owner, repo: playground.repo },
    playground.cast,
    {
      title: story.title,
      body: story.body,
      rejection: bundled ? architectRejection : null,
      developer: plan === null ? null : { ...playground.cast.developer, plan },
    },
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
