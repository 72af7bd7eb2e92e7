import { createServer } from "node:http";
import { pino } from "pino";
import { Probot } from "probot";
import { expect, it } from "vitest";
import { startScene } from "./harness.ts";

it("works with the real Probot: webhooks in, comments and check runs out", async () => {
  const scene = await startScene();
  const { github, app, where } = scene;
  const log = pino({ level: "silent" });
  const probot = new Probot({
    appId: app.appId,
    privateKey: app.privateKeyPem,
    secret: "s3cret",
    baseUrl: `${github.url}/api/v3`,
    log,
  });
  await probot.load((robot) => {
    robot.on("issues.labeled", async (context) => {
      if (context.payload.label?.name !== "fleet:story") return;
      await context.octokit.rest.reactions.createForIssue({ ...context.issue(), content: "eyes" });
      await context.octokit.rest.issues.createComment(context.issue({ body: "On it" }));
      const { data: main } = await context.octokit.rest.repos.getBranch(context.repo({ branch: "main" }));
      await context.octokit.rest.checks.create(
        context.repo({ name: "fleet/gate", head_sha: main.commit.sha, conclusion: "neutral" }),
      );
    });
  });
  const middleware = await probot.getNodeMiddleware({ path: "/hook" });
  const server = createServer((request, response) => void middleware(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await scene.appClient.request("PATCH /app/hook/config", { data: { url: `http://127.0.0.1:${port}/hook` } });

  const ada = scene.as(scene.people.ada.token);
  const { data: issue } = await ada.issues.create({ ...where, title: "Story" });
  await ada.issues.addLabels({ ...where, issue_number: issue.number, labels: ["fleet:story"] });
  await expect
    .poll(async () => (await ada.checks.listForRef({ ...where, ref: "main" })).data.total_count, { timeout: 15_000 })
    .toBe(1);
  const { data: comments } = await ada.issues.listComments({ ...where, issue_number: issue.number });
  expect(comments).toMatchObject([
    { body: "On it", user: { login: "fleet[bot]" }, performed_via_github_app: { id: app.appId } },
  ]);
  await github.deliveriesSettled();
  expect((await scene.appClient.apps.listWebhookDeliveries()).data.every((row) => row.status === "OK")).toBe(true);
  expect(scene.validator.violations()).toEqual([]);
  expect(github.unknownRoutes).toEqual([]);
  expect(github.contentWrites).toBe(3);
  expect(github.requests.get("apps/create-installation-access-token")).toBe(1);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await scene.close();
});
