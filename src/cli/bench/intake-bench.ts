import { type ChildProcess, fork } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Options, Result } from "autocannon";
import pino from "pino";
import { spawnValkeyQueues } from "../../platform/queue/spawn-valkey-queues.ts";
import { type BenchResult, benchResult } from "./bench-result.ts";
import { labeledIssue } from "./labeled-issue.ts";
import { loadAutocannon } from "./load-autocannon.ts";
import { median } from "./statistics.ts";

const connections = 50;
const secret = "bench";

const sides = ["ours", "probot"] as const;
type Side = (typeof sides)[number];
type Round = { readonly perSecond: number; readonly p50: number; readonly p99: number };

export type IntakeBenchOptions = { readonly rounds?: number; readonly deliveriesPerRound?: number };

/**
 * Accepted deliveries per second, ours against a bare Probot receiver whose handler only enqueues; both into the same
 * spawned Valkey, each in a process of its own, in turns. The median of the rounds counts; latencies in ms.
 *
 * @throws {Error} when a delivery was not accepted and queued, or there is no Valkey or autocannon
 */
export async function intakeBench(options: IntakeBenchOptions = {}): Promise<BenchResult> {
  const { rounds = 5, deliveriesPerRound = 8_000 } = options;
  const autocannon = await loadAutocannon();
  const dataDir = await mkdtemp(join(tmpdir(), "bench-"));
  const engine = await spawnValkeyQueues({ dataDir, logger: pino({ level: "silent" }) });
  const servers: ChildProcess[] = [];
  try {
    const ports = new Map<Side, string>();
    for (const side of sides) {
      const server = fork(serverFile(), [side, join(dataDir, "valkey", "valkey.sock"), secret], { silent: true });
      servers.push(server);
      ports.set(side, await firstLine(server));
    }
    const results: Record<Side, Round[]> = { ours: [], probot: [] };
    for (let round = 0; round <= rounds; round += 1) {
      // Who is first changes each time: the second one finds the machine warmer.
      for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
        const measured = await measure(side, ports.get(side) ?? "");
        if (round > 0) {
          results[side].push(measured); // round 0 warms up
        }
      }
    }
    return benchResult({
      bench: "intake",
      ours: median(results.ours.map((round) => round.perSecond)),
      reference: median(results.probot.map((round) => round.perSecond)),
      unit: "accepted deliveries/s",
      detail: { connections, rounds, deliveriesPerRound, bodyBytes: Buffer.byteLength(labeledIssue(0)), ...results },
    });
  } finally {
    for (const server of servers) {
      server.kill();
    }
    await engine.close();
    await rm(dataDir, { recursive: true, force: true });
  }

  async function measure(side: Side, port: string): Promise<Round> {
    const queue = engine.queue(`bench-${side}`);
    const bodies = Array.from({ length: 50 }, (_, n) => signed(n));
    let next = 0;
    let answered = 0;
    let end = 0;
    const began = performance.now();
    const options: Options = {
      url: `http://127.0.0.1:${port}`,
      connections,
      amount: deliveriesPerRound,
      requests: [
        {
          method: "POST",
          path: "/api/github/webhooks",
          setupRequest: (request) => {
            next += 1;
            const { body, headers } = bodies[next % bodies.length] ?? signed(0);
            return { ...request, body, headers: { ...headers, "x-github-delivery": randomUUID() } };
          },
        },
      ],
    };
    const result = await new Promise<Result>((resolve, reject) => {
      const load = autocannon(options, (error, done) => (error ? reject(error) : resolve(done)));
      load.on("response", () => {
        answered += 1;
        end = performance.now();
      });
    });
    // A job with a priority waits in a set of its own.
    const queued = await queue.getJobCountByTypes("waiting", "prioritized");
    await queue.obliterate({ force: true });
    if (result["2xx"] !== deliveriesPerRound || queued !== deliveriesPerRound) {
      throw new Error(`${side}: ${result["2xx"]} accepted and ${queued} queued of ${deliveriesPerRound} deliveries.`);
    }
    return {
      // By our own clock: autocannon's looks up once a second.
      perSecond: Math.round((answered / (end - began)) * 1_000),
      p50: result.latency.p50,
      p99: result.latency.p99,
    };
  }
}

function signed(n: number): { body: string; headers: Record<string, string> } {
  const body = labeledIssue(n);
  return {
    body,
    headers: {
      "content-type": "application/json",
      "x-github-event": "issues",
      "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
    },
  };
}

/** Beside this file, with the same ending: compiled, both are .js. */
function serverFile(): string {
  return fileURLToPath(import.meta.url).replace("intake-bench", "intake-bench-server");
}

async function firstLine(server: ChildProcess): Promise<string> {
  if (server.stdout === null) {
    throw new Error("The bench's server has no output.");
  }
  server.stderr?.pipe(process.stderr);
  const [data]: unknown[] = await Promise.race([once(server.stdout, "data"), once(server, "exit")]);
  return String(data).trim();
}
