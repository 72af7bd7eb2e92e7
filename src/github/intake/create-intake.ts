import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import { type Delivery, deliveryIdPattern } from "./delivery.ts";
import { parseDeliveryBody } from "./parse-delivery-body.ts";
import { readBody } from "./read-body.ts";
import { answer, type Verdict } from "./verdict.ts";
import { isSigned } from "./verify-signature.ts";

/** GitHub caps payloads at 25 MB (https://docs.github.com/en/webhooks/webhook-events-and-payloads). */
export const largestPayloadBytes = 25 * 1024 * 1024;

/** GitHub hangs up after 10 s. */
const enqueueDeadlineMs = 8_000;
/** What may wait for a queue that is away; beyond it the answer is 503 at once. */
const mostPendingBytes = 128 * 1024 * 1024;

export type IntakeOptions = {
  /** All valid webhook secrets; several during a rotation. */
  readonly secrets: readonly string[];
  /** Events that somebody handles; the others are answered and dropped. */
  readonly allowedEvents: ReadonlySet<string>;
  readonly maxBytes?: number;
  /** Resolves when the delivery is durably queued under its id. */
  readonly enqueue: (delivery: Delivery) => Promise<void>;
  readonly logger: Logger;
  readonly enqueueDeadlineMs?: number;
};

/** Answers one `POST /api/github/webhooks`; never rejects. Method and path are the caller's. */
export type Intake = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * The door for webhook deliveries: size, signature over the raw bytes, id, event, JSON object; then the queue; then 202.
 * A delivery that was not queued is never answered with a 2xx: GitHub's delivery log keeps it, and the redelivery pass
 * asks for it again. Nothing of a request but its id and event's name is ever logged, and that only after its signature
 * was found right.
 *
 * @throws {RangeError} when there is no secret or one is empty: everybody could sign with it
 */
export function createIntake(options: IntakeOptions): Intake {
  const { secrets, allowedEvents, enqueue, logger } = options;
  const maxBytes = options.maxBytes ?? largestPayloadBytes;
  const deadlineMs = options.enqueueDeadlineMs ?? enqueueDeadlineMs;
  if (secrets.length === 0 || secrets.includes("")) {
    throw new RangeError("The intake needs webhook secrets, none of them empty.");
  }
  let pendingBytes = 0;

  return async (request, response) => {
    answer(request, response, await judge(request).catch(failed));
  };

  async function judge(request: IncomingMessage): Promise<Verdict> {
    const body = await readBody(request, maxBytes);
    if (body.kind !== "read") {
      return body.kind;
    }
    const { headers } = request;
    if (!isSigned(body.bytes, single(headers["x-hub-signature-256"]), secrets)) {
      return "bad-signature";
    }
    const id = single(headers["x-github-delivery"]);
    const event = single(headers["x-github-event"]);
    if (id === undefined || !deliveryIdPattern.test(id)) {
      return "bad-delivery-id";
    }
    if (event === undefined || event === "") {
      return "bad-event";
    }
    if (event === "ping") {
      return "pong";
    }
    if (!allowedEvents.has(event)) {
      logger.debug({ delivery: id }, "delivery of an event that nobody handles");
      return "ignored";
    }
    if (!isJson(headers["content-type"])) {
      return "bad-content-type";
    }
    const parsed = parseDeliveryBody(body.bytes);
    if (parsed === undefined) {
      return "bad-json";
    }
    const { installationId, rawBody } = parsed;
    const delivery = { id, event, rawBody, ...(installationId === undefined ? {} : { installationId }) };
    return await queue(delivery, body.bytes.length);
  }

  async function queue(delivery: Delivery, bytes: number): Promise<Verdict> {
    if (pendingBytes + bytes > mostPendingBytes) {
      logger.warn({ delivery: delivery.id }, "delivery not queued: too much waits for the queue");
      return "not-queued";
    }
    pendingBytes += bytes;
    const queued = enqueue(delivery).finally(() => {
      pendingBytes -= bytes;
    });
    const outcome = await outcomeWithin(queued, deadlineMs);
    if (outcome !== "queued") {
      // The reason's text only: a Valkey client's error carries its command, and with it the body.
      logger.error({ delivery: delivery.id, reason: outcome.message }, "delivery not queued");
      return "not-queued";
    }
    return "accepted";
  }

  function failed(err: unknown): Verdict {
    logger.error({ reason: err instanceof Error ? err.message : "unknown" }, "the intake failed");
    return "not-queued";
  }
}

/** Never rejects, also not late: a command that waits for its server may fail long after the answer. */
async function outcomeWithin(queued: Promise<void>, ms: number): Promise<"queued" | Error> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Error>((resolve) => {
    timer = setTimeout(() => resolve(new Error(`no answer from the queue within ${ms} ms`)), ms);
  });
  const outcome = queued.then(
    () => "queued" as const,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
  const first = await Promise.race([outcome, late]);
  clearTimeout(timer);
  return first;
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : undefined;
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/json\s*(;|$)/i.test(contentType ?? "");
}
