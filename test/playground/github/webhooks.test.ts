import { createHmac } from "node:crypto";
import { Writable } from "node:stream";
import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import { startReceiver, startScene } from "./harness.ts";

describe("webhooks", () => {
  let scene: Awaited<ReturnType<typeof startScene>> | undefined;
  afterEach(async () => {
    expect(scene?.validator.violations()).toEqual([]);
    await scene?.close();
    scene = undefined;
  });

  it("signs what it sends, and tells of the installation first", async () => {
    scene = await startScene();
    await scene.github.deliveriesSettled();
    expect(scene.receiver.names()).toEqual(["ping", "installation.created"]);
    for (const { body, signature } of scene.receiver.received) {
      expect(signature).toBe(`sha256=${createHmac("sha256", "s3cret").update(body).digest("hex")}`);
    }
    await scene.github.addRepository("acme", "more");
    expect(scene.github.installApp(scene.app.appId, "acme", ["shop", "more"])).toBe(scene.installationId);
    await scene.github.deliveriesSettled();
    expect(scene.receiver.names().at(-1)).toBe("installation_repositories.added");
  });

  it("does not send again by itself; a redelivery has the same GUID", async () => {
    scene = await startScene();
    const { appClient, bot, where, github, receiver } = scene;
    await github.deliveriesSettled();
    let status = 500;
    const failing = await startReceiver(() => status);
    // A parameter called "url" would become the address of Octokit's own request: send it as the data.
    await appClient.request("PATCH /app/hook/config", { data: { url: failing.url } });
    expect((await appClient.apps.getWebhookConfigForApp()).data).toMatchObject({
      url: failing.url,
      secret: "********",
    });
    await bot.issues.create({ ...where, title: "Lost" });
    await github.deliveriesSettled();
    const { data: log } = await appClient.apps.listWebhookDeliveries({ per_page: 1 });
    expect(log).toMatchObject([{ event: "issues", action: "opened", status_code: 500, redelivery: false }]);
    const lost = log[0];
    status = 200;
    await appClient.apps.redeliverWebhookDelivery({ delivery_id: lost?.id ?? 0 });
    await github.deliveriesSettled();
    expect(failing.received.map((row) => row.guid)).toEqual([lost?.guid, lost?.guid]);
    const { data: again } = await appClient.apps.listWebhookDeliveries({ per_page: 2 });
    expect(again.map((row) => [row.redelivery, row.status_code])).toEqual([
      [true, 200],
      [false, 500],
    ]);
    const { data: one } = await appClient.apps.getWebhookDelivery({ delivery_id: again[0]?.id ?? 0 });
    expect(one.request.payload).toMatchObject({ action: "opened", issue: { title: "Lost" } });
    await failing.close();
    await bot.issues.create({ ...where, title: "Nobody listens" });
    await github.deliveriesSettled();
    expect((await appClient.apps.listWebhookDeliveries({ per_page: 1 })).data[0]).toMatchObject({
      status_code: 0,
      status: "failed to connect to host",
    });
    const all = await appClient.paginate(appClient.apps.listWebhookDeliveries, { per_page: 2 });
    expect(all.map((row) => row.event)).toEqual(["issues", "issues", "issues", "installation", "ping"]);
    expect(receiver.received).toHaveLength(2);
    await expect(appClient.apps.getWebhookDelivery({ delivery_id: 1 })).rejects.toMatchObject({ status: 404 });
  });

  it("sends only what an App subscribes to, in the order of the events", async () => {
    scene = await startScene();
    const { bot, where, github } = scene;
    const second = await startReceiver();
    const app = github.registerApp({
      slug: "narrow",
      permissions: { issues: "read" },
      events: ["issue_comment"],
      webhookUrl: second.url,
      webhookSecret: "x",
    });
    github.installApp(app.appId, "acme", ["shop"]);
    const { data: issue } = await bot.issues.create({ ...where, title: "One" });
    for (let n = 0; n < 20; n += 1)
      await bot.issues.createComment({ ...where, issue_number: issue.number, body: String(n) });
    await github.deliveriesSettled();
    const comments = second.received.filter((row) => row.event === "issue_comment");
    expect(second.names().slice(0, 2)).toEqual(["ping", "installation.created"]);
    expect(comments.map(({ payload }) => payload["comment"])).toMatchObject(
      Array.from({ length: 20 }, (_, n) => ({ body: String(n) })),
    );
    expect(second.received).toHaveLength(22);
    await second.close();
  });

  it("never logs payloads, bodies or tokens", async () => {
    let log = "";
    const stream = new Writable({
      write(chunk, _encoding, done) {
        log += String(chunk);
        done();
      },
    });
    scene = await startScene({ logger: pino({ level: "trace" }, stream) });
    await scene.bot.issues.create({ ...scene.where, title: "secret title" });
    await scene.github.deliveriesSettled();
    expect(log).toContain("webhook delivered");
    expect(log).not.toMatch(/secret title|ghs_|ghp_|s3cret/);
  });
});
