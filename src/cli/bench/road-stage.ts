import { join } from "node:path";
import pino from "pino";
import { createApp } from "../../app.ts";
import { type Environment, parseEnvironment } from "../../platform/config/environment.ts";
import type { Graph } from "../../platform/graph/graph.ts";
import { openQueues } from "../../platform/queue/open-queues.ts";
import { sampleRepositoryDirectory, sampleRepositoryName } from "../../playground/sample/script.ts";
import { startPlayground } from "../../playground/start-playground.ts";
import { assembleContexts } from "../../wiring/assemble-contexts.ts";
import { connectGitHub, type GitHubConnection } from "../../wiring/connect-github.ts";
import { openGraph } from "../../wiring/open-graph.ts";
import type { RoadDelivery, RoadPlace } from "./road-deliveries.ts";

/** The fleet's road from a delivery to the graph, as `main.ts` wires it, with nothing that reads the outbox behind it. */
export type RoadStage = {
  readonly graph: Graph;
  readonly neo4j: Environment["neo4j"];
  readonly place: RoadPlace;
  readonly receive: (delivery: RoadDelivery) => Promise<void>;
  close(): Promise<void>;
};

/**
 * Opens the stage in a directory: the local GitHub answers look-ups of roles and configuration, which are cached as in
 * production. `neo4jUri` runs it on Neo4j, with the name and password of the environment.
 */
export async function openRoadStage(directory: string, neo4jUri: string | undefined): Promise<RoadStage> {
  const logger = pino({ level: "silent" });
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const playground = await startPlayground({
      dataDir: join(directory, "playground"),
      // Nobody listens there: the bench makes the deliveries itself.
      webhookUrl: "http://127.0.0.1:9/",
      repository: { name: sampleRepositoryName, directory: sampleRepositoryDirectory },
      logger,
    });
    closers.push(() => playground.close());
    const environment = readEnvironment(directory, neo4jUri);
    const graph = await openGraph(environment, logger, []);
    closers.push(() => graph.close());
    const queues = await openQueues({ valkeyUrl: undefined, dataDir: environment.dataDir, logger });
    closers.push(() => queues.close(0));
    const server = { host: new URL(playground.github.url).host, protocol: "http" } as const;
    const github = connectGitHub(playground.app, server, logger);
    const contexts = await assembleContexts({ environment, graph, queues, github, logger, committed: () => {} });
    const app = createApp(contexts.appDeps);
    await github.probot.load(app);
    return {
      graph,
      neo4j: environment.neo4j,
      place: await readPlace(github, playground.owner, playground.repo, playground.cast.productOwner.login),
      receive: (delivery) => app.receive(github.probot, delivery),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function readEnvironment(directory: string, neo4jUri: string | undefined): Environment {
  const { NEO4J_USERNAME, NEO4J_PASSWORD, NEO4J_DATABASE } = process.env;
  return parseEnvironment({
    FLEET_DATA_DIR: join(directory, "fleet"),
    // A council is possible, so that approvals do not look for a plan in the text; none is ever asked.
    FLEET_MODEL_HOSTS: "http://127.0.0.1:9/v1",
    ...(neo4jUri === undefined ? {} : { NEO4J_URI: neo4jUri, NEO4J_USERNAME, NEO4J_PASSWORD, NEO4J_DATABASE }),
  });
}

async function readPlace(github: GitHubConnection, owner: string, repo: string, login: string): Promise<RoadPlace> {
  const { data: installation } = await (await github.appOctokit()).rest.apps.getRepoInstallation({ owner, repo });
  const { rest } = await github.octokitFor(installation.id);
  const { data: repository } = await rest.repos.get({ owner, repo });
  const { data: user } = await rest.users.getByUsername({ username: login });
  return {
    installation: installation.id,
    repository: { id: repository.id, owner, name: repo },
    sender: { id: user.id, login },
  };
}
