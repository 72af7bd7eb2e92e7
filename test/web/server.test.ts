import { pino } from "pino";
import { afterEach, expect, test } from "vitest";
import { startWebServer, type WebDeps, type WebServer, webhookPath } from "../../src/web/server.ts";

const metrics = async () => ({ contentType: "text/plain; version=0.0.4; charset=utf-8", text: "up 1\n" });

let server: WebServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(deps: Partial<WebDeps>): Promise<string> {
  server = await startWebServer(
    { intake: null, probes: [], metrics, logger: pino({ level: "silent" }), ...deps },
    "127.0.0.1",
    0,
  );
  return server.url;
}

test("live answers without asking any engine", async () => {
  const url = await start({ probes: [{ name: "graph", ping: () => Promise.reject(new Error("away")) }] });
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
});

test("ready is 503 and names the engine that is away", async () => {
  const url = await start({ probes: [{ name: "graph", ping: () => Promise.reject(new Error("away")) }] });
  const response = await fetch(`${url}/health/ready`);
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ ready: false, components: [{ name: "graph", ok: false, why: "away" }] });
});

test("metrics are a page as Prometheus reads it", async () => {
  const response = await fetch(`${await start({})}/metrics`);
  expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
    200,
    "text/plain; version=0.0.4; charset=utf-8",
    "up 1\n",
  ]);
});

test("a webhook goes to the intake with its raw request", async () => {
  const url = await start({
    intake: async (request, response) => {
      response.writeHead(202).end(request.headers["x-github-delivery"]);
    },
  });
  const response = await fetch(url + webhookPath, {
    method: "POST",
    headers: { "x-github-delivery": "d-1" },
    body: "{}",
  });
  expect([response.status, await response.text()]).toEqual([202, "d-1"]);
});

test("a webhook is known by its event on every path", async () => {
  const url = await start({
    intake: async (_, response) => {
      response.writeHead(202).end();
    },
  });
  const post = (path: string, headers: Record<string, string>) => fetch(url + path, { method: "POST", headers });
  expect((await post("/", { "x-github-event": "issues" })).status).toBe(202);
  expect((await post("/webhooks?from=proxy", { "x-github-event": "issues" })).status).toBe(202);
  expect((await post("/webhooks", {})).status).toBe(404);
  expect((await fetch(`${url}/`, { headers: { "x-github-event": "issues" } })).status).toBe(404);
});

test("a failing intake is a 500 without a stack", async () => {
  const url = await start({ intake: () => Promise.reject(new Error("secret detail")) });
  const response = await fetch(url + webhookPath, { method: "POST" });
  expect([response.status, await response.text()]).toEqual([500, ""]);
});

test("an unknown path is a problem that names it", async () => {
  const url = await start({});
  const response = await fetch(`${url}/nowhere`);
  expect(response.headers.get("content-type")).toContain("application/problem+json");
  expect(await response.json()).toMatchObject({ status: 404, detail: "No such path: /nowhere" });
});

test("a port in use is the listen error itself", async () => {
  const url = await start({});
  const port = Number(new URL(url).port);
  await expect(start2(port)).rejects.toMatchObject({ code: "EADDRINUSE" });
});

function start2(port: number): Promise<WebServer> {
  return startWebServer({ intake: null, probes: [], metrics, logger: pino({ level: "silent" }) }, "127.0.0.1", port);
}
