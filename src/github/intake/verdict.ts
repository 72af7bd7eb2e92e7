import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * What the intake says to each kind of request: one closed list. `hangUp`: the rest of the body is not worth reading, so
 * the connection ends with the answer.
 */
export const verdicts = {
  accepted: { status: 202, text: "accepted" },
  ignored: { status: 202, text: "ignored: nobody handles this event" },
  pong: { status: 200, text: "pong" },
  "too-large": { status: 413, text: "The body is larger than GitHub's limit of 25 MB.", hangUp: true },
  aborted: { status: 400, text: "The body ended early.", hangUp: true },
  "bad-signature": { status: 401, text: "X-Hub-Signature-256 is missing or does not fit the body." },
  "bad-delivery-id": { status: 400, text: "X-GitHub-Delivery is missing or malformed." },
  "bad-event": { status: 400, text: "X-GitHub-Event is missing." },
  "bad-content-type": { status: 415, text: "The webhook's content type must be application/json." },
  "bad-json": { status: 400, text: "The body is not a JSON object." },
  "not-queued": { status: 503, text: "The delivery could not be queued; GitHub's delivery log keeps it." },
} as const satisfies Record<string, { status: number; text: string; hangUp?: true }>;

export type Verdict = keyof typeof verdicts;

/** Seconds, in Retry-After: GitHub does not heed it, the redelivery pass and proxies do. */
const retryAfter = "10";
/** How long a peer may go on sending after its body was refused, so that it gets to read the answer. */
const hangUpMs = 1_000;

/** Writes the answer, if there still is somebody to read it. */
export function answer(request: IncomingMessage, response: ServerResponse, verdict: Verdict): void {
  if (response.destroyed || response.headersSent) {
    return;
  }
  const { status, text } = verdicts[verdict];
  const headers: Record<string, string | number> = {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(text),
  };
  if (status === 503) {
    headers["retry-after"] = retryAfter;
  }
  if ("hangUp" in verdicts[verdict]) {
    headers["connection"] = "close";
    response.writeHead(status, headers);
    response.write(text);
    // Closing with unread bytes would reset the connection and take the answer with it: read on, for a moment.
    const timer = setTimeout(() => request.destroy(), hangUpMs);
    request.once("close", () => clearTimeout(timer));
    request.once("end", () => response.end());
    request.resume();
    return;
  }
  response.writeHead(status, headers);
  response.end(text);
}
