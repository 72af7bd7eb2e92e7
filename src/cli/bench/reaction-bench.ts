import { createHmac } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Octokit } from "@octokit/rest";
import pLimit from "p-limit";
import pino from "pino";
import { storyId } from "../../kernel/ids.ts";
import { parseEnvironment } from "../../platform/config/environment.ts";
import { sampleRepositoryDirectory, sampleRepositoryName, sampleStories } from "../../playground/sample/script.ts";
import { freePort } from "../free-port.ts";
import { type PlaygroundFleet, startPlaygroundFleet } from "../playground-fleet.ts";
import { type BenchResult, benchResult } from "./bench-result.ts";
import { createRoadDeliveries, type RoadDelivery, type RoadPlace } from "./road-deliveries.ts";
import { percentile } from "./statistics.ts";

/**
 * What is aimed at, in milliseconds: 👀 on a comment, what became of a label, and until one that somebody may not set is put
 * back, at the 95th percentile.
 */
const aims = { eyesMs: 2_000, labelMs: 5_000, putBackMs: 2_000 } as const;
/** Stories that the waiting deliveries are about. */
const crowd = 20;
const longestMs = 60_000;

type Options = { readonly rounds?: number; readonly waiting?: number };

/**
 * How long somebody waits for 👀 on a command, for what becomes of a label, and until a forbidden one is put back, while a
 * thousand other deliveries wait: edits of other stories, each of which changes the graph. Times are from GitHub's answer to the person until the fleet's
 * own request arrives at the local GitHub. The reference is the aim for 👀.
 *
 * @throws {Error} when something does not come within a minute
 */
export async function reactionBench({ rounds = 10, waiting = 1_000 }: Options = {}): Promise<BenchResult> {
  const directory = await mkdtemp(join(tmpdir(), "bench-reaction-"));
  const demo = await startPlaygroundFleet({
    environment: parseEnvironment({ FLEET_DATA_DIR: directory }),
    directory,
    webPort: await freePort(),
    repository: { name: sampleRepositoryName, directory: sampleRepositoryDirectory },
    rehearse: false,
    logger: pino({ level: "silent" }),
  });
  try {
    const scene = await setScene(demo, rounds);
    const eyes: number[] = [];
    const labels: number[] = [];
    const putBack: number[] = [];
    for (const issue of scene.subjects) {
      await scene.flood(waiting);
      eyes.push(await scene.react(issue));
      await scene.drained();
      await scene.flood(waiting);
      labels.push(await scene.label(issue));
      await scene.drained();
      await scene.flood(waiting);
      putBack.push(await scene.forbid(issue));
      await scene.drained();
    }
    const [eyesMs, labelMs, putBackMs] = [percentile(eyes, 95), percentile(labels, 95), percentile(putBack, 95)];
    return benchResult({
      bench: "reaction",
      ours: eyesMs,
      reference: aims.eyesMs,
      unit: "ms (p95)",
      detail: {
        queue: demo.fleet.queueBackend,
        waiting,
        rounds,
        eyes,
        labelMs,
        labels,
        putBackMs,
        putBack,
        aims,
        met: eyesMs <= aims.eyesMs && labelMs <= aims.labelMs && putBackMs <= aims.putBackMs,
      },
    });
  } finally {
    await demo.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Stories to act on, a crowd of others, and the ways to act. */
async function setScene({ playground, fleet }: PlaygroundFleet, rounds: number) {
  const { github, owner, repo, cast } = playground;
  const clientOf = ({ token }: { readonly token: string }) =>
    new Octokit({ auth: token, baseUrl: `${github.url}/api/v3`, log: silent });
  const [person, developer] = [clientOf(cast.productOwner), clientOf(cast.developer)];
  const [sample] = sampleStories();
  if (sample === undefined || fleet.webhookUrl === null || fleet.contexts === null) {
    throw new TypeError("the fleet of the bench is not whole");
  }
  const { planning } = fleet.contexts.appDeps;
  const { data: repository } = await person.rest.repos.get({ owner, repo });
  const { data: user } = await person.rest.users.getAuthenticated();
  let installation = 0;
  const stop = github.observe((exchange) => {
    if (exchange.kind === "webhook") installation = installationOf(exchange.payload) ?? installation;
  });
  const open = async () => {
    const { title, body } = sample;
    const { data } = await person.rest.issues.create({ owner, repo, title, body, labels: ["fleet:story"] });
    return data.number;
  };
  const numbers: number[] = [];
  for (let n = 0; n < rounds + crowd; n += 1) numbers.push(await open());
  const known = (number: number) => planning.getStory(storyId(repository.id, number));
  for (const number of numbers) await until(async () => (await known(number)) !== null);
  stop();
  const place: RoadPlace = {
    installation,
    repository: { id: repository.id, owner, name: repo },
    sender: { id: user.id, login: user.login },
  };
  const deliver = createRoadDeliveries(place, sample, Date.now());
  const post = poster(fleet.webhookUrl, playground.app.webhookSecrets[0] ?? "");
  const others = numbers.slice(rounds);
  let last: { readonly number: number; readonly text: string } | null = null;

  return {
    subjects: numbers.slice(0, rounds),
    /** Sends deliveries about the crowd, as fast as they are taken in. */
    async flood(count: number): Promise<void> {
      const deliveries = Array.from({ length: count }, (_, n) => ({
        number: others[n % others.length] ?? 0,
        delivery: deliver("edit", others[n % others.length] ?? 0),
      }));
      const limit = pLimit(50);
      await Promise.all(deliveries.map(({ delivery }) => limit(() => post(delivery))));
      const end = deliveries.at(-1);
      if (end !== undefined) last = { number: end.number, text: bodyOf(end.delivery) };
    },
    /** Until the flood has had its effect. */
    drained: () => until(async () => last === null || (await known(last.number))?.body === last.text),
    async react(issue_number: number): Promise<number> {
      const seen = arrival(github, "reactions/create-for-issue-comment");
      await person.rest.issues.createComment({ owner, repo, issue_number, body: "/status" });
      return seen(performance.now());
    },
    /** From the label until the label of the state before is taken away. */
    async label(issue_number: number): Promise<number> {
      const gone = arrival(github, "issues/remove-label", `/issues/${issue_number}/`);
      await person.rest.issues.addLabels({ owner, repo, issue_number, labels: ["story/po-review"] });
      return gone(performance.now());
    },
    /** From a label by somebody who may not set it until it is taken away. */
    async forbid(issue_number: number): Promise<number> {
      const name = "story/ready-for-planning";
      const gone = arrival(github, "issues/remove-label", `/issues/${issue_number}/labels/${encodeURIComponent(name)}`);
      await developer.rest.issues.addLabels({ owner, repo, issue_number, labels: [name] });
      return gone(performance.now());
    },
  };
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Watches for the fleet's request; the returned function answers how long after `from` it came, in milliseconds. */
function arrival(github: PlaygroundFleet["playground"]["github"], operation: string, path = "") {
  let at = 0;
  const stop = github.observe((exchange) => {
    const isIt = exchange.kind === "response" && exchange.operation === operation && exchange.path.includes(path);
    if (isIt && at === 0) at = performance.now();
  });
  return async (from: number): Promise<number> => {
    try {
      await until(async () => at > 0);
      return Math.max(0, Math.round(at - from));
    } finally {
      stop();
    }
  };
}

function poster(url: string, secret: string): (delivery: RoadDelivery) => Promise<void> {
  return async ({ id, event, rawBody }) => {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-github-delivery": id,
        "x-github-event": event,
        "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(rawBody).digest("hex")}`,
      },
      body: rawBody,
    });
    if (response.status !== 202) throw new Error(`A delivery was answered with ${response.status}.`);
  };
}

function bodyOf({ rawBody }: RoadDelivery): string {
  const payload: unknown = JSON.parse(rawBody);
  const issue = property(payload, "issue");
  return String(property(issue, "body"));
}

function installationOf(payload: unknown): number | null {
  const id = property(property(payload, "installation"), "id");
  return typeof id === "number" ? id : null;
}

function property(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && key in value ? Reflect.get(value, key) : undefined;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + longestMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error("The fleet did not do its part within a minute.");
    await pause(5);
  }
}
