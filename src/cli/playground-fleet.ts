import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import type { WriteCost } from "../github/write/on.ts";
import type { FleetEvent } from "../kernel/event.ts";
import { type Fleet, startFleet } from "../main.ts";
import type { Environment } from "../platform/config/environment.ts";
import { startRehearsalModel } from "../playground/rehearsal/start-rehearsal-model.ts";
import { type Playground, startPlayground } from "../playground/start-playground.ts";
import { webhookPath } from "../web/server.ts";

export type PlaygroundFleetOptions = {
  readonly environment: Environment;
  readonly directory: string;
  readonly webPort: number;
  readonly repository: { readonly name: string; readonly directory: string };
  /** Whether the rehearsal model answers where no model host is configured: for the bundled stories only. */
  readonly rehearse: boolean;
  readonly logger: Logger;
  readonly observe?: (event: FleetEvent) => void;
  readonly written?: (key: string, cost: WriteCost) => void;
};

/** The fleet on a local GitHub, with everything that is simulated named in `simulated`. */
export type PlaygroundFleet = {
  readonly playground: Playground;
  readonly fleet: Fleet;
  /** The fleet's own: whoever asks it something names this one. */
  readonly dataDir: string;
  readonly simulated: string;
  /** Whether only the project's own candidates come: such code is run also where there is no sandbox. */
  readonly trusted: boolean;
  /** Resolves when nothing waits or runs, neither in the fleet nor on its way from the local GitHub. */
  settled(): Promise<void>;
  close(): Promise<void>;
};

/** Starts the local GitHub, the rehearsal model where it may stand in for a model host, and the whole fleet on them. */
export async function startPlaygroundFleet(options: PlaygroundFleetOptions): Promise<PlaygroundFleet> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const each of closers.splice(0).reverse()) await each();
  };
  try {
    const started = await start(options, closers);
    return { ...started, settled: () => untilSettled(started), close };
  } catch (error) {
    // Whatever still listens would keep the process from ending with its message.
    await close();
    throw error;
  }
}

type Started = Omit<PlaygroundFleet, "settled" | "close">;

/** Between two looks, in milliseconds, and how many of them must find nothing: work may pass between the places looked at. */
const lookMs = 50;
const quietLooks = 4;

async function untilSettled({ playground, fleet }: Started): Promise<void> {
  for (let quiet = 0; quiet < quietLooks; ) {
    await playground.github.deliveriesSettled();
    quiet = (await fleet.isIdle()) ? quiet + 1 : 0;
    await wait(lookMs);
  }
}

async function start(options: PlaygroundFleetOptions, closers: (() => Promise<void>)[]): Promise<Started> {
  const { environment, directory, webPort, logger } = options;
  const rehearses = options.rehearse && environment.models.hosts.length === 0;
  const rehearsal = rehearses ? await startRehearsalModel() : null;
  if (rehearsal !== null) closers.push(() => rehearsal.close());
  const simulated = rehearses ? "a local GitHub and the rehearsal model (recorded answers)" : "a local GitHub";
  const playground = await startPlayground({
    dataDir: join(directory, "playground"),
    webhookUrl: `http://127.0.0.1:${webPort}${webhookPath}`,
    repository: options.repository,
    logger,
  });
  closers.push(() => playground.close());
  const dataDir = join(directory, "fleet");
  const fleet = await startFleet({
    environment: {
      ...environment,
      mode: "app",
      app: playground.app,
      github: { host: new URL(playground.github.url).host, protocol: "http" },
      http: { host: "127.0.0.1", port: webPort },
      models: rehearsal === null ? environment.models : { ...environment.models, hosts: [rehearsal.url] },
      dataDir,
    },
    logger,
    simulated,
    // The rehearsal's candidates are this project's own code: they may run where there is no sandbox.
    trusted: rehearses,
    ...(options.observe === undefined ? {} : { observe: options.observe }),
    ...(options.written === undefined ? {} : { written: options.written }),
  });
  closers.push(() => fleet.close(2_000));
  return { playground, fleet, dataDir, simulated, trusted: rehearses };
}
