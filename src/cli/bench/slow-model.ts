import { setTimeout as sleep } from "node:timers/promises";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { startRehearsalModel } from "../../playground/rehearsal/start-rehearsal-model.ts";
import type { BusyTime } from "./busy-time.ts";

export type SlowModel = { readonly url: string; close(): Promise<void> };

/**
 * The rehearsal model's recorded answers, each after `latencyMs`: the time of a model server, known to the millisecond. Its
 * own busy time is what a deliberation cannot be without.
 */
export async function startSlowModel(latencyMs: number, busy: BusyTime): Promise<SlowModel> {
  const rehearsal = await startRehearsalModel();
  const upstream = new URL(rehearsal.url).origin;
  const app = new Hono();
  app.get("*", (context) => fetch(`${upstream}${context.req.path}`));
  app.post("*", async (context) => {
    const body = await context.req.text();
    return busy.during(async () => {
      await sleep(latencyMs);
      // A connection that is kept would be closed by the other side after as long as a usual latency.
      const headers = { "content-type": "application/json", connection: "close" };
      return fetch(`${upstream}${context.req.path}`, { method: "POST", headers, body });
    });
  });
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The slow model has no port.");
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    async close() {
      await new Promise((resolve) => server.close(resolve));
      await rehearsal.close();
    },
  };
}
