import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startScene } from "./harness.ts";

describe("issues, labels, comments and reactions", () => {
  let scene: Awaited<ReturnType<typeof startScene>>;
  beforeAll(async () => {
    scene = await startScene();
  });
  afterAll(async () => {
    await scene.github.deliveriesSettled();
    expect(scene.validator.violations()).toEqual([]);
    expect(scene.github.unknownRoutes).toEqual([]);
    await scene.close();
  });

  it("opens, labels, edits, closes and reopens an issue, with one event for each", async () => {
    const { bot, where, people, as, receiver, github } = scene;
    const ada = as(people.ada.token);
    await ada.issues.createLabel({ ...where, name: "fleet:story", color: "0e8a16" });
    await github.deliveriesSettled();
    receiver.received.length = 0;
    const { data: issue } = await ada.issues.create({
      ...where,
      title: "Add a cart",
      body: "As a buyer",
      labels: ["fleet:story"],
      assignees: ["ben"],
    });
    await ada.issues.addLabels({ ...where, issue_number: issue.number, labels: ["one", "two"] });
    await ada.issues.removeLabel({ ...where, issue_number: issue.number, name: "ONE" });
    await ada.issues.update({ ...where, issue_number: issue.number, title: "Add the cart" });
    await ada.issues.update({ ...where, issue_number: issue.number, state: "closed", state_reason: "not_planned" });
    await ada.issues.update({ ...where, issue_number: issue.number, state: "open" });
    await bot.issues.createComment({ ...where, issue_number: issue.number, body: "hello" });
    await github.deliveriesSettled();
    expect(receiver.names()).toEqual([
      "issues.opened",
      "issues.labeled",
      "issues.assigned",
      "label.created",
      "label.created",
      "issues.labeled",
      "issues.labeled",
      "issues.unlabeled",
      "issues.edited",
      "issues.closed",
      "issues.reopened",
      "issue_comment.created",
    ]);
  });
});
