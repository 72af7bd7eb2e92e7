import { generateKeyPairSync } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import pino from "pino";
import { createNodeMiddleware, createProbot } from "probot";
import { createIntake } from "../../github/intake/create-intake.ts";
import type { Delivery } from "../../github/intake/delivery.ts";
import { createDeliveryEnqueuer } from "../../github/intake/enqueue-delivery.ts";
import { connectValkeyQueues } from "../../platform/queue/connect-valkey-queues.ts";

// One side of the intake bench, in a process of its own: node intake-bench-server.js SIDE SOCKET SECRET. Prints its port.

const [, , side = "", socket = "", secret = ""] = process.argv;
const logger = pino({ level: "silent" });
const engine = connectValkeyQueues({ url: socket, logger });

const server = createServer(side === "ours" ? ourIntake() : await bareProbot());
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${typeof address === "object" ? address?.port : ""}\n`);
});
process.once("disconnect", () => process.exit(0));

function ourIntake(): RequestListener {
  const intake = createIntake({
    secrets: [secret],
    allowedEvents: new Set(["issues"]),
    enqueue: createDeliveryEnqueuer(engine.queue<Delivery>("bench-ours")),
    logger,
  });
  return (request, response) => void intake(request, response);
}

/** The yardstick: Probot's own receiver with a handler that only enqueues. */
async function bareProbot(): Promise<RequestListener> {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const probot = createProbot({ overrides: { appId: 1, privateKey, secret, log: logger }, env: {} });
  const queue = engine.queue<unknown>("bench-probot");
  const middleware = await createNodeMiddleware(
    (app) => {
      app.on("issues.labeled", async (context) => {
        await queue.add(context.name, context.payload, { jobId: context.id });
      });
    },
    { probot, webhooksPath: "/api/github/webhooks" },
  );
  return (request, response) => void middleware(request, response);
}
