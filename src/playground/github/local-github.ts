import { mkdirSync } from "node:fs";
import { resolve as absolute, join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { type Logger, pino } from "pino";
import type { Actor, Author } from "./actor.ts";
import { emitCheckRun } from "./check-runs.ts";
import { createEmit } from "./emit.ts";
import type { Exchange } from "./exchange.ts";
import { GitRepository } from "./git/git-repository.ts";
import { differences } from "./git-http.ts";
import { found } from "./github-error.ts";
import { moveRefs, settleRefs } from "./move-refs.ts";
import { sameName } from "./operation.ts";
import { type LimitName, type LimitsEnforced, RateLimits } from "./rate-limits.ts";
import { createRouter } from "./router.ts";
import { createSeeding } from "./seed.ts";
import type { Seeding } from "./seeding.ts";
import { Store } from "./store.ts";
import { Traffic, type UnknownRoute } from "./traffic.ts";
import { WebhookSender } from "./webhooks.ts";
import type { World } from "./world.ts";

export interface LocalGitHubOptions {
  /** Everything that the server knows lies here; a start with the same directory continues. */
  readonly dataDir: string;
  /** 0 or absent: a free one. */
  readonly port?: number;
  readonly host?: string;
  readonly logger?: Logger;
  readonly now?: () => Date;
  /** The time by which JWTs and tokens expire: theirs who make them, where `now` is another. */
  readonly credentialsNow?: () => Date;
  /** Where Apps that name no address of their own get their webhooks. */
  readonly webhook?: { readonly url: string; readonly secret: string };
  /** Enforces GitHub's rate limits on installations; none if absent. */
  readonly limits?: LimitsEnforced;
  /** Sees every answered request and every sent webhook. */
  readonly onExchange?: (exchange: Exchange) => void;
}

/** A running stand-in for github.com. Everything in it is simulated but git, which is real. */
export interface LocalGitHub extends Seeding {
  /** For example `http://127.0.0.1:4000`; REST lies under `/api/v3`, git under `/<owner>/<repository>.git`. */
  readonly url: string;
  /** Requests that no route answered. */
  readonly unknownRoutes: readonly UnknownRoute[];
  /** Successful requests that create content in the sense of GitHub's secondary rate limit. */
  readonly contentWrites: number;
  /** Requests of installations that were over a limit: refused for it, but for writes that came too soon after another. */
  readonly limitViolations: number;
  /** The same for each limit that was exceeded. */
  readonly limitsExceeded: ReadonlyMap<LimitName, number>;
  /** What installations asked for: requests that create content, other writes, reads, and reads answered by a 304. */
  readonly installationUse: Readonly<Record<"content" | "edits" | "reads" | "notModified", number>>;
  /** Requests by operation id of GitHub's OpenAPI description. */
  readonly requests: ReadonlyMap<string, number>;
  /** Adds an observer of all exchanges; the returned function takes it away. */
  observe(observer: (exchange: Exchange) => void): () => void;
  /** A person presses a button of a check run: `requested_action` for one of its actions, else `rerequested`. */
  pressCheckRun(login: string, checkRunId: number, actionIdentifier?: string): void;
  /** Resolves when all noted webhooks were attempted. */
  deliveriesSettled(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the local GitHub on 127.0.0.1 (or `host`). */
export async function startLocalGitHub(options: LocalGitHubOptions): Promise<LocalGitHub> {
  const now = options.now ?? (() => new Date());
  const logger = options.logger ?? pino({ level: "silent" });
  const dataDir = absolute(options.dataDir);
  const repositoriesDirectory = join(dataDir, "repositories");
  mkdirSync(repositoriesDirectory, { recursive: true });
  const store = new Store(dataDir, now);
  const observers = new Set(options.onExchange === undefined ? [] : [options.onExchange]);
  const onExchange = (exchange: Exchange) => {
    for (const observer of observers) observer(exchange);
  };
  const sender = new WebhookSender(store, logger, now, onExchange);
  const traffic = new Traffic();
  const limits = new RateLimits(options.limits ?? null, () => now().getTime());
  const credentialsNow = options.credentialsNow ?? now;
  const noted: number[] = [];
  const server = createAdaptorServer({
    fetch: createRouter({ world: () => world, traffic, limits, onExchange, credentialsNow }).fetch,
  });
  const url = await listen(server, options.port ?? 0, options.host ?? "127.0.0.1");
  const repositories = new Map<number, GitRepository>();
  const world: World = {
    store,
    logger,
    now,
    url,
    git: (repository) => {
      const known = repositories.get(repository.id);
      const git = known ?? new GitRepository(join(repositoriesDirectory, `${repository.id}.git`));
      repositories.set(repository.id, git);
      return git;
    },
    alone: createLocks(),
    emit: createEmit(() => world, noted),
    noteDelivery: (id) => noted.push(id),
    wakeDeliveries: () => sender.send(noted.splice(0)),
  };
  await recover(world);
  sender.resume();
  return {
    ...createSeeding(world, options.webhook),
    url,
    unknownRoutes: traffic.unknownRoutes,
    get contentWrites() {
      return traffic.contentWrites;
    },
    get limitViolations() {
      return limits.violations;
    },
    limitsExceeded: limits.exceeded,
    installationUse: limits.use,
    requests: traffic.operations,
    observe: (observer) => {
      observers.add(observer);
      return () => observers.delete(observer);
    },
    pressCheckRun: (login, id, identifier) => pressCheckRun(world, login, id, identifier),
    deliveriesSettled: () => sender.idle(),
    close: async () => {
      await new Promise((resolve) => {
        server.close(resolve);
        if ("closeAllConnections" in server) server.closeAllConnections();
      });
      await sender.close();
      store.close();
    },
  };
}

function listen(server: ReturnType<typeof createAdaptorServer>, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(`http://${host}:${typeof address === "object" && address !== null ? address.port : port}`);
    });
  });
}

/** One queue of work for each repository. */
function createLocks(): World["alone"] {
  const tails = new Map<number, Promise<unknown>>();
  return (repositoryId, work) => {
    const result = (tails.get(repositoryId) ?? Promise.resolve()).then(work);
    // The next one waits for this one, whether it succeeds or not; its caller gets the fault.
    tails.set(
      repositoryId,
      result.catch(() => undefined),
    );
    return result;
  };
}

/** Finishes what a killed process left: journaled ref moves are made, pushed ones are told of. */
async function recover(world: World): Promise<void> {
  for (const repository of [...world.store.tables.repositories.all()]) {
    await world.alone(repository.id, async () => {
      const git = world.git(repository);
      await git.initialise(repository.defaultBranch);
      await settleRefs(world, repository.id);
      const owner = found(world.store.tables.accounts.get(repository.ownerId));
      const by: Author = { kind: "user", account: owner };
      await moveRefs(world, repository.id, differences(repository.refs, await git.refs()), by, { inGit: true });
    });
  }
  world.wakeDeliveries();
}

function pressCheckRun(world: World, login: string, id: number, identifier: string | undefined): void {
  const account = found(world.store.tables.accounts.find((row) => sameName(row.login, login)));
  const run = found(world.store.tables.checkRuns.get(id));
  const by: Actor = { kind: "user", account };
  const action = identifier === undefined ? undefined : found(run.actions.find((row) => row.identifier === identifier));
  world.store.transaction(() =>
    emitCheckRun(world, run, action === undefined ? "rerequested" : "requested_action", by, action),
  );
  world.wakeDeliveries();
}
