import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import type { Logger } from "pino";
import { checkReadiness, type Probe } from "../monitoring/application/check-readiness.ts";
import type { MetricsPage } from "../monitoring/application/metrics.ts";

/**
 * Where GitHub sends its webhooks: Probot's own default path, so that an existing App registration keeps working. Probot
 * moved it (it was `/` up to version 12) and lets one set it, so a POST that names its event is taken on every path: it
 * is its signature that opens the door.
 */
export const webhookPath = "/api/github/webhooks";

export type WebDeps = {
  /** The durable intake; null in a process that takes no webhooks. */
  readonly intake: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | null;
  readonly probes: readonly Probe[];
  /** What the process measures, for `GET /metrics`. */
  readonly metrics: () => Promise<MetricsPage>;
  readonly logger: Logger;
};

export type WebServer = { readonly url: string; close(): Promise<void> };

/** How long a readiness probe may take, in milliseconds: below the one second that Kubernetes waits by default. */
const probeTimeoutMs = 900;

/**
 * Starts the HTTP server: webhooks go straight to the intake (raw body, no framework between), everything else to the
 * router.
 *
 * @throws the listen error (`EADDRINUSE` …) unchanged; the command line explains it.
 */
export async function startWebServer(deps: WebDeps, host: string, port: number): Promise<WebServer> {
  const server = createServer(createRequestListener(deps));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    url: `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${boundPort(server.address())}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

function createRequestListener({ intake, probes, metrics, logger }: WebDeps): RequestListener {
  const routed = getRequestListener(createRoutes(probes, metrics).fetch);
  return (request, response) => {
    if (intake !== null && isWebhook(request)) {
      intake(request, response).catch((error: unknown) => failed(error, response, logger));
      return;
    }
    routed(request, response).catch((error: unknown) => failed(error, response, logger));
  };
}

function isWebhook({ method, url, headers }: IncomingMessage): boolean {
  if (method !== "POST") return false;
  return headers["x-github-event"] !== undefined || url?.split("?", 1)[0] === webhookPath;
}

function createRoutes(probes: readonly Probe[], metrics: WebDeps["metrics"]): Hono {
  const routes = new Hono();
  routes.get("/health/live", (context) => context.json({ live: true }));
  routes.get("/health/ready", async (context) => {
    const readiness = await checkReadiness(probes, probeTimeoutMs);
    return context.json(readiness, readiness.ready ? 200 : 503);
  });
  routes.get("/metrics", async (context) => {
    const { text, contentType } = await metrics();
    return context.body(text, 200, { "content-type": contentType });
  });
  routes.notFound((context) =>
    context.json(
      { type: "about:blank", title: "Not Found", status: 404, detail: `No such path: ${context.req.path}` },
      404,
      {
        "content-type": "application/problem+json",
      },
    ),
  );
  return routes;
}

function failed(error: unknown, response: ServerResponse, logger: Logger): void {
  logger.error({ err: error }, "request failed");
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(500).end();
}

function boundPort(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the server is not listening on a port");
  return address.port;
}
