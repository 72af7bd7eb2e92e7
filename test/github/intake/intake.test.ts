import { createHmac } from "node:crypto";
import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from "node:http";
import { connect } from "node:net";
import fc from "fast-check";
import pino from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createIntake, type IntakeOptions } from "../../../src/github/intake/create-intake.ts";
import type { Delivery } from "../../../src/github/intake/delivery.ts";
import { deliverySchema } from "../../../src/github/intake/delivery.ts";

const secret = "it's a secret";
const body = JSON.stringify({ action: "labeled", installation: { id: 7 }, note: "hunter2 é" });
const id = "72d3162e-cc78-11e3-81ab-4c9367dc0958";

type Answer = { readonly status: number; readonly text: string; readonly headers: IncomingHttpHeaders };

let server: Server | undefined;
let port = 0;
let queued: Delivery[] = [];
let lines: string[] = [];

async function serve(options: Partial<IntakeOptions> = {}): Promise<void> {
  await stop();
  const logger = pino({ level: "trace" }, { write: (line: string) => void lines.push(line) });
  const intake = createIntake({
    secrets: [secret],
    allowedEvents: new Set(["issues"]),
    enqueue: async (delivery) => void queued.push(delivery),
    logger,
    ...options,
  });
  const started = createServer((req, res) => void intake(req, res));
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  const address = started.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
}

async function stop(): Promise<void> {
  const running = server;
  server = undefined;
  running?.closeAllConnections();
  await new Promise((resolve) => (running === undefined ? resolve(undefined) : running.close(resolve)));
}

beforeEach(async () => {
  queued = [];
  lines = [];
  await serve();
});
afterEach(stop);

function sign(bytes: string | Buffer, key = secret): string {
  return `sha256=${createHmac("sha256", key).update(bytes).digest("hex")}`;
}

/** A right delivery, with what the case wants different; `undefined` leaves a header out. */
function post(bytes: string | Buffer = body, changes: Record<string, string | undefined> = {}): Promise<Answer> {
  const all: Record<string, string | undefined> = {
    "content-type": "application/json",
    "x-github-delivery": id,
    "x-github-event": "issues",
    "x-hub-signature-256": sign(bytes),
    ...changes,
  };
  const headers = Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: "127.0.0.1", port, method: "POST", path: "/api/github/webhooks", headers });
    sent.once("error", reject);
    sent.once("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.once("end", () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }));
    });
    sent.end(bytes);
  });
}

describe("a right delivery", () => {
  it("is queued as it was signed, then accepted", async () => {
    const answer = await post();
    expect(answer.status).toBe(202);
    expect(queued).toEqual([{ id, event: "issues", installationId: 7, rawBody: body }]);
    expect(deliverySchema.parse(queued[0])).toEqual(queued[0]);
  });

  it("is accepted only after it was queued", async () => {
    const order: string[] = [];
    await serve({
      enqueue: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        order.push("queued");
      },
    });
    await post().then(() => order.push("answered"));
    expect(order).toEqual(["queued", "answered"]);
  });

  it.each(["old", "new"])("may be signed with any secret of a rotation: %s", async (key) => {
    await serve({ secrets: ["old", "new"] });
    expect((await post(body, { "x-hub-signature-256": sign(body, key) })).status).toBe(202);
    expect(queued).toHaveLength(1);
  });

  it.each([
    [{ repository: {} }, undefined],
    [{ installation: { id: "7" } }, undefined],
    [{ installation: null }, undefined],
    [{ installation: { id: -1 } }, undefined],
    [{ installation: { id: 12 } }, 12],
  ])("has the installation that %j names", async (payload, installationId) => {
    expect((await post(JSON.stringify(payload))).status).toBe(202);
    expect(queued[0]?.installationId).toBe(installationId);
  });

  it("may come in pieces without a length", async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1");
      let text = "";
      socket.on("data", (data) => {
        text += data;
        socket.end();
      });
      socket.once("close", () => resolve(text));
      socket.once("error", reject);
      const half = Buffer.byteLength(body) - 8;
      const bytes = Buffer.from(body);
      const chunk = (part: Buffer): string => `${part.length.toString(16)}\r\n${part.toString("latin1")}\r\n`;
      const head = [
        "POST / HTTP/1.1",
        "Host: x",
        "Content-Type: application/json; charset=utf-8",
        "Transfer-Encoding: chunked",
        `X-GitHub-Delivery: ${id}`,
        "X-GitHub-Event: issues",
        `X-Hub-Signature-256: ${sign(body)}`,
      ].join("\r\n");
      const chunks = chunk(bytes.subarray(0, half)) + chunk(bytes.subarray(half));
      socket.write(`${head}\r\n\r\n${chunks}0\r\n\r\n`, "latin1");
    });
    expect(answer).toContain("HTTP/1.1 202");
    expect(queued[0]?.rawBody).toBe(body);
  });
});

describe("other requests", () => {
  it.each<[string, string | Buffer, Record<string, string | undefined>, number]>([
    ["without a signature", body, { "x-hub-signature-256": undefined }, 401],
    ["with somebody else's signature", body, { "x-hub-signature-256": sign(body, "other") }, 401],
    ["with another body's signature", body, { "x-hub-signature-256": sign(`${body} `) }, 401],
    ["with the old SHA-1 signature only", body, { "x-hub-signature-256": "sha1=0123" }, 401],
    ["with half a signature", body, { "x-hub-signature-256": sign(body).slice(0, 40) }, 401],
    ["with capitals in the signature", body, { "x-hub-signature-256": sign(body).toUpperCase() }, 401],
    ["with two signatures", body, { "x-hub-signature-256": `${sign(body)}, ${sign(body)}` }, 401],
    ["with an unsigned empty body", "", { "x-hub-signature-256": undefined }, 401],
    ["without an id", body, { "x-github-delivery": undefined }, 400],
    ["with an id that is too long", body, { "x-github-delivery": "a".repeat(65) }, 400],
    ["with a colon in the id", body, { "x-github-delivery": "a:b" }, 400],
    ["without an event", body, { "x-github-event": undefined }, 400],
    [
      "with a form",
      `payload=${encodeURIComponent(body)}`,
      { "content-type": "application/x-www-form-urlencoded" },
      415,
    ],
    ["without a content type", body, { "content-type": undefined }, 415],
    ["with a type that begins like JSON", body, { "content-type": "application/jsonp" }, 415],
    ["with half a JSON", body.slice(0, -2), {}, 400],
    ["with a JSON list", "[1]", {}, 400],
    ["with a JSON null", "null", {}, 400],
    ["with a JSON text", '"issues"', {}, 400],
    ["with a signed empty body", "", {}, 400],
    ["with bytes that are no UTF-8", Buffer.from('{"a":"\xff"}', "latin1"), {}, 400],
  ])("%s are refused", async (_, bytes, changes, status) => {
    const answer = await post(bytes, changes);
    expect(answer.status).toBe(status);
    expect(queued).toEqual([]);
    expect(lines.join()).not.toContain("hunter2");
    expect(lines.join()).not.toContain("sha256");
  });

  it("of an event that nobody handles are answered and dropped", async () => {
    const answer = await post(body, { "x-github-event": "star" });
    expect(answer).toMatchObject({ status: 202, text: expect.stringContaining("ignored") });
    expect(queued).toEqual([]);
  });

  it("that ping are answered without the queue", async () => {
    expect(await post('{"zen":"x"}', { "x-github-event": "ping" })).toMatchObject({ status: 200, text: "pong" });
    expect((await post("{}", { "x-github-event": "ping", "x-hub-signature-256": sign("x") })).status).toBe(401);
    expect(queued).toEqual([]);
  });

  it.each([true, false])("that are too large are refused, told or counted (length told: %s)", async (told) => {
    await serve({ maxBytes: 1_000 });
    const large = Buffer.alloc(4_000_000, "x");
    const length = told ? { "content-length": String(large.length) } : { "transfer-encoding": "chunked" };
    const answer = await post(large, length);
    expect(answer.status).toBe(413);
    expect(answer.headers["connection"]).toBe("close");
    expect(queued).toEqual([]);
    const exact = JSON.stringify({ a: "x".repeat(1_000 - 8) });
    expect(Buffer.byteLength(exact)).toBe(1_000);
    expect((await post(exact)).status).toBe(202);
    expect((await post(`${exact} `)).status).toBe(413);
  });

  it("that break off leave nothing behind", async () => {
    const socket = connect(port, "127.0.0.1");
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nX-GitHub-Delivery: ${id}\r\n\r\n{"half":`, () =>
      socket.destroy(),
    );
    await new Promise((resolve) => socket.once("close", resolve));
    expect((await post()).status).toBe(202);
    expect(queued).toHaveLength(1);
  });
});

describe("a queue that fails", () => {
  it("is answered with 503, and nothing of the body is logged", async () => {
    await serve({
      enqueue: () => Promise.reject(Object.assign(new Error("READONLY"), { command: { args: [body] } })),
    });
    const answer = await post();
    expect(answer.status).toBe(503);
    expect(answer.headers["retry-after"]).toBe("10");
    expect(lines.join()).toContain(id);
    expect(lines.join()).toContain("READONLY");
    expect(lines.join()).not.toContain("hunter2");
  });

  it("is answered with 503 when it throws", async () => {
    await serve({
      enqueue: () => {
        throw new Error("closed");
      },
    });
    expect((await post()).status).toBe(503);
  });

  it("is not waited for longer than GitHub waits, also when it fails later", async () => {
    let fail: (error: Error) => void = () => undefined;
    await serve({
      enqueueDeadlineMs: 20,
      enqueue: () =>
        new Promise((_, reject) => {
          fail = reject;
        }),
    });
    expect((await post()).status).toBe(503);
    fail(new Error("too late"));
    expect((await post()).status).toBe(503);
  });

  it("holds no more than a bounded number of bytes", async () => {
    let waiting = 0;
    await serve({
      enqueueDeadlineMs: 1,
      enqueue: () => {
        waiting += 1;
        return new Promise(() => undefined);
      },
    });
    const large = JSON.stringify({ a: "x".repeat(20 * 1024 * 1024) });
    for (let n = 0; n < 8; n += 1) {
      expect((await post(large)).status).toBe(503);
    }
    expect(waiting).toBe(6);
  });
});

describe("any bytes", () => {
  it("never reach the queue without a right signature", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.string({ maxLength: 80 }), async (bytes, signature) => {
        const header = Buffer.from(signature)
          .toString("latin1")
          .replaceAll(/[^\x20-\x7e]/g, "?");
        const answer = await post(Buffer.from(bytes), { "x-hub-signature-256": header });
        expect(answer.status).toBe(401);
        expect(queued).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it("that are signed are queued exactly when they are a JSON object", async () => {
    const nearlyJson = fc.oneof(
      fc.json().map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
      fc.dictionary(fc.string(), fc.jsonValue()).map((value) => Buffer.from(JSON.stringify(value))),
    );
    await fc.assert(
      fc.asyncProperty(nearlyJson, async (bytes) => {
        queued = [];
        const answer = await post(bytes);
        expect(answer.status).toBe(isJsonObject(bytes) ? 202 : 400);
        expect(queued.map((delivery) => delivery.rawBody)).toEqual(answer.status === 202 ? [bytes.toString()] : []);
      }),
      { numRuns: 200 },
    );
  });
});

function isJsonObject(bytes: Buffer): boolean {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return (
      Buffer.from(bytes.toString()).equals(bytes) &&
      typeof value === "object" &&
      value !== null &&
      !Array.isArray(value)
    );
  } catch {
    return false;
  }
}

describe("an intake without a secret", () => {
  it.each([[[]], [[""]], [["a", ""]]])("is refused: %j", (secrets) => {
    const options = { secrets, allowedEvents: new Set<string>(), enqueue: async () => undefined };
    expect(() => createIntake({ ...options, logger: pino({ level: "silent" }) })).toThrow(RangeError);
  });
});
