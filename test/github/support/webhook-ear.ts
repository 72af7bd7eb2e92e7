import { createServer } from "node:http";

export type Taker = (id: string, event: string, body: string) => void;

/** Where a local GitHub sends its webhooks: a port that is held from the first, so that no other test's server gets it. */
export type WebhookEar = {
  readonly url: string;
  /** Who takes deliveries; with null they fail as where nobody listens. */
  take: Taker | null;
  close(): Promise<void>;
};

export async function openWebhookEar(): Promise<WebhookEar> {
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      if (ear.take === null) {
        request.socket.destroy();
        return;
      }
      ear.take(String(request.headers["x-github-delivery"]), String(request.headers["x-github-event"]), body);
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const ear: WebhookEar = {
    url: `http://127.0.0.1:${port}/`,
    take: null,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return ear;
}
