import { createHmac, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** What the front answers itself, instead of the GitHub behind it. */
export type FrontAnswer = { readonly status: number; readonly body?: unknown };

/** What is different about some of the routes. */
export type RouteFault = {
  readonly method?: string;
  /** Matched against the path below `/api/v3`, or the whole path elsewhere. */
  readonly path: RegExp;
  /** Answers the request, the `count`th of this fault (from 1); undefined lets it through. */
  readonly answer?: (count: number) => FrontAnswer | undefined;
  /** Lets the request through, and then answers this instead of the answer: it is lost on its way. */
  readonly lose?: (count: number) => FrontAnswer | undefined;
  /** Changes the body of a JSON answer. */
  readonly rewrite?: (body: unknown) => unknown;
};

/** A webhook on its way. */
export type FrontDelivery = { readonly id: string; readonly event: string; readonly payload: Payload };
export type Payload = Readonly<Record<string, unknown>>;

export type FrontOptions = {
  readonly routes?: readonly RouteFault[];
  /** Headers that no answer has, e.g. `etag` and `link`. */
  readonly withoutHeaders?: readonly string[];
  /** What arrives instead of a delivery: nothing, another one, several. */
  readonly webhooks?: (delivery: FrontDelivery) => readonly FrontDelivery[];
  /** How many deliveries are gathered and then sent in reverse order; a rest goes when nothing more came for a moment. */
  readonly reverse?: number;
  /** Where the fleet gets its webhooks; default Probot's path. */
  readonly webhookPath?: string;
};

export type FrontOfGitHub = {
  readonly url: string;
  /** Where the GitHub behind is to send its webhooks. */
  readonly hookUrl: string;
  /** How often each fault was met, in the order of `routes`. */
  readonly met: readonly number[];
  /** Deliveries that reached the fleet, as `event.action`. */
  readonly delivered: readonly string[];
  /** Until then every request is cut off, as by a GitHub that is not there. */
  open(target: string, fleet: { readonly url: string; readonly secret: string }): void;
  close(): Promise<void>;
};

/** For how long nothing more must come before a gathered rest is sent, in milliseconds. */
const calmMs = 150;

/**
 * A front before a GitHub, for the fleet only: routes that are missing or refuse, answers that get lost or lack fields,
 * webhooks that are dropped, doubled or out of order. Git's own traffic passes untouched.
 */
export async function startFrontOfGitHub(options: FrontOptions): Promise<FrontOfGitHub> {
  const routes = options.routes ?? [];
  const met = routes.map(() => 0);
  const delivered: string[] = [];
  let target: string | null = null;
  let fleet = { url: "", secret: "" };
  let gathered: FrontDelivery[] = [];
  let calm: NodeJS.Timeout | undefined;

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      // The other side went away in the middle: there is nobody to tell.
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end(error instanceof Error ? error.message : "unknown");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = addressOf(server);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bytesOf(request);
    if (target === null) return void request.socket.destroy();
    const path = request.url ?? "/";
    if (path === "/hook") {
      response.writeHead(202).end();
      return take({
        id: String(request.headers["x-github-delivery"]),
        event: String(request.headers["x-github-event"]),
        payload: JSON.parse(body.toString("utf8")),
      });
    }
    const place = path.replace(/^\/api\/v3/, "").replace(/\?.*$/, "");
    const faults = routes.flatMap((fault, index) =>
      (fault.method ?? request.method) === request.method && fault.path.test(decodeURIComponent(place))
        ? [{ fault, count: meet(index) }]
        : [],
    );
    for (const { fault, count } of faults) {
      const own = fault.answer?.(count);
      if (own !== undefined) return reply(response, own);
    }
    const answer = await pass(target, request, path, body);
    for (const { fault, count } of faults) {
      const instead = fault.lose?.(count);
      if (instead !== undefined) return reply(response, instead);
    }
    const rewrites = faults.flatMap(({ fault }) => fault.rewrite ?? []);
    const isJson = answer.headers.get("content-type")?.includes("json") === true;
    const bytes = Buffer.from(await answer.arrayBuffer());
    const text = isJson ? bytes.toString("utf8").replaceAll(target, url) : null;
    const changed =
      text === null || text === "" || rewrites.length === 0 || !answer.ok
        ? text
        : JSON.stringify(rewrites.reduce((value: unknown, rewrite) => rewrite(value), JSON.parse(text)));
    const dropped = ["content-length", "content-encoding", "transfer-encoding", ...(options.withoutHeaders ?? [])];
    const headers = [...answer.headers]
      .filter(([name]) => !dropped.includes(name))
      .map(([name, value]) => [name, name === "link" ? value.replaceAll(target ?? "", url) : value]);
    response.writeHead(answer.status, Object.fromEntries(headers)).end(changed ?? bytes);
  }

  function meet(index: number): number {
    met[index] = (met[index] ?? 0) + 1;
    return met[index];
  }

  async function take(delivery: FrontDelivery): Promise<void> {
    const arriving = options.webhooks?.(delivery) ?? [delivery];
    if (options.reverse === undefined) {
      for (const each of arriving) await send(each);
      return;
    }
    gathered.push(...arriving);
    clearTimeout(calm);
    if (gathered.length >= options.reverse) return flush();
    calm = setTimeout(() => void flush(), calmMs);
  }

  async function flush(): Promise<void> {
    const batch = gathered.reverse();
    gathered = [];
    for (const delivery of batch) await send(delivery);
  }

  async function send({ id, event, payload }: FrontDelivery): Promise<void> {
    const body = JSON.stringify(payload);
    const signature = createHmac("sha256", fleet.secret).update(body).digest("hex");
    const path = options.webhookPath ?? "/api/github/webhooks";
    const sent = await fetch(`${fleet.url}${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-github-delivery": id,
        "x-github-event": event,
        "x-hub-signature-256": `sha256=${signature}`,
      },
      body,
    }).catch(() => null);
    if (sent?.ok === true) delivered.push(`${event}.${String(payload["action"] ?? "")}`);
  }

  return {
    url,
    hookUrl: `${url}/hook`,
    met,
    delivered,
    open(behind, to) {
      target = behind;
      fleet = to;
    },
    async close() {
      clearTimeout(calm);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** The same delivery under another id, as a server that forgets the first one would send it. */
export function again(delivery: FrontDelivery): FrontDelivery {
  return { ...delivery, id: randomUUID() };
}

function reply(
  response: ServerResponse,
  { status, body = { message: `Answer of the front: ${status}` } }: FrontAnswer,
) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function pass(target: string, request: IncomingMessage, path: string, body: Buffer): Promise<Response> {
  const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
    typeof value === "string" && !["host", "connection", "content-length", "accept-encoding"].includes(name)
      ? [[name, value]]
      : [],
  );
  return fetch(`${target}${path}`, {
    method: request.method ?? "GET",
    headers,
    redirect: "manual",
    ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
  });
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the front has no port");
  return `http://127.0.0.1:${address.port}`;
}
