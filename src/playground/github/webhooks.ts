import { createHmac } from "node:crypto";
import type { Logger } from "pino";
import type { Exchange } from "./exchange.ts";
import type { AppRow, DeliveryRow } from "./rows.ts";
import type { Store } from "./store.ts";

const timeoutMs = 10_000;
const responseBytesKept = 2_000;

interface Outcome {
  readonly status: string;
  readonly statusCode: number;
  readonly responseBody: string | null;
}

/**
 * Sends the pending deliveries: for each App one after another in the order in which they happened. Each is attempted
 * once; as on GitHub nothing is sent again unless it is asked for.
 */
export class WebhookSender {
  readonly #store: Store;
  readonly #logger: Logger;
  readonly #now: () => Date;
  readonly #onExchange: ((exchange: Exchange) => void) | undefined;
  readonly #queues = new Map<number, number[]>();
  readonly #queued = new Set<number>();
  readonly #loops = new Map<number, Promise<void>>();
  readonly #stop = new AbortController();

  constructor(store: Store, logger: Logger, now: () => Date, onExchange: ((exchange: Exchange) => void) | undefined) {
    this.#store = store;
    this.#logger = logger;
    this.#now = now;
    this.#onExchange = onExchange;
  }

  /** Queues deliveries by their ids; ids whose transaction failed are skipped. */
  send(ids: readonly number[]): void {
    for (const delivery of this.#store.tables.deliveries.pick(ids)) {
      if (delivery.attempted || this.#queued.has(delivery.id)) continue;
      this.#queued.add(delivery.id);
      const queue = this.#queues.get(delivery.appId) ?? [];
      queue.push(delivery.id);
      this.#queues.set(delivery.appId, queue);
      if (!this.#loops.has(delivery.appId)) this.#loops.set(delivery.appId, this.#drain(delivery.appId, queue));
    }
  }

  /** Queues what an earlier process noted but did not attempt. */
  resume(): void {
    this.send([...this.#store.tables.deliveries.all()].filter((row) => !row.attempted).map((row) => row.id));
  }

  /** Resolves when nothing is waiting to be sent. */
  async idle(): Promise<void> {
    while (this.#loops.size > 0) await Promise.all(this.#loops.values());
  }

  /** Stops at once; what is on its way is attempted again by the next process. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.idle();
  }

  async #drain(appId: number, queue: number[]): Promise<void> {
    // Let the request that noted the delivery answer first.
    await new Promise((resolve) => setImmediate(resolve));
    for (let id = queue.shift(); id !== undefined && !this.#stop.signal.aborted; id = queue.shift()) {
      const delivery = this.#store.tables.deliveries.get(id);
      const app = this.#store.tables.apps.get(appId);
      if (delivery !== undefined && app !== undefined) await this.#attempt(app, delivery);
      this.#queued.delete(id);
    }
    this.#loops.delete(appId);
  }

  async #attempt(app: AppRow, delivery: DeliveryRow): Promise<void> {
    const started = performance.now();
    const payload = this.#store.payloads.read(delivery.offset, delivery.length);
    const outcome = app.webhookUrl === "" ? notSent : await this.#post(app, delivery, payload);
    if (this.#stop.signal.aborted) return;
    const duration = Math.round(performance.now() - started) / 1000;
    const deliveredAt = this.#now().toISOString();
    const done = { ...delivery, ...outcome, duration, deliveredAt, attempted: true };
    this.#store.transaction(() => this.#store.tables.deliveries.put(done));
    this.#logger.debug(
      { delivery: delivery.guid, event: delivery.event, status: outcome.statusCode, duration },
      "webhook delivered",
    );
    this.#onExchange?.({
      kind: "webhook",
      event: delivery.event,
      action: delivery.action,
      payload: JSON.parse(payload),
    });
  }

  async #post(app: AppRow, delivery: DeliveryRow, payload: string): Promise<Outcome> {
    try {
      const response = await fetch(app.webhookUrl, {
        method: "POST",
        headers: deliveryHeaders(app, delivery, payload),
        body: bodyFor(app, payload),
        redirect: "manual",
        signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(timeoutMs)]),
      });
      const responseBody = (await response.text()).slice(0, responseBytesKept);
      const status = response.ok ? "OK" : `Invalid HTTP Response: ${response.status}`;
      return { status, statusCode: response.status, responseBody };
    } catch (error) {
      const timedOut = error instanceof Error && error.name === "TimeoutError";
      return { status: timedOut ? "timed out" : "failed to connect to host", statusCode: 0, responseBody: null };
    }
  }
}

const notSent: Outcome = { status: "no webhook url", statusCode: 0, responseBody: null };

function bodyFor(app: AppRow, payload: string): string {
  return app.contentType === "json" ? payload : new URLSearchParams({ payload }).toString();
}

/** The headers of a delivery; the redelivery of an event has the same `X-GitHub-Delivery`. */
export function deliveryHeaders(app: AppRow, delivery: DeliveryRow, payload: string): Record<string, string> {
  const body = bodyFor(app, payload);
  const sign = (algorithm: string) =>
    `${algorithm}=${createHmac(algorithm, app.webhookSecret).update(body).digest("hex")}`;
  const signatures = { "X-Hub-Signature": sign("sha1"), "X-Hub-Signature-256": sign("sha256") };
  return {
    Accept: "*/*",
    "Content-Type": app.contentType === "json" ? "application/json" : "application/x-www-form-urlencoded",
    "User-Agent": "GitHub-Hookshot/local",
    "X-GitHub-Delivery": delivery.guid,
    "X-GitHub-Event": delivery.event,
    "X-GitHub-Hook-ID": String(app.id),
    "X-GitHub-Hook-Installation-Target-ID": String(app.id),
    "X-GitHub-Hook-Installation-Target-Type": "integration",
    ...(app.webhookSecret === "" ? {} : signatures),
  };
}
