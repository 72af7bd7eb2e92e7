import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startScene } from "./harness.ts";

const longText = "x".repeat(65_537);

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
    expect(receiver.received[8]?.payload["changes"]).toEqual({ title: { from: "Add a cart" } });
    expect(receiver.received[11]?.payload["comment"]).toMatchObject({
      user: { login: "fleet[bot]", type: "Bot" },
      performed_via_github_app: { slug: "fleet" },
    });
    expect(receiver.received[0]?.payload).toMatchObject({
      sender: { login: "ada" },
      installation: { id: scene.installationId },
    });
  });

  it("refuses labels that GitHub refuses, and replaces, clears and deletes", async () => {
    const { where, people, as } = scene;
    const ada = as(people.ada.token);
    const create = (name: string, color: string) => ada.issues.createLabel({ ...where, name, color });
    await create("Bug", "D73A4A");
    await expect(create("other", "#d73a4a")).rejects.toMatchObject({
      status: 422,
      response: { data: { errors: [{ field: "color", code: "invalid" }] } },
    });
    await expect(create("bug", "d73a4a")).rejects.toMatchObject({
      status: 422,
      response: { data: { errors: [{ code: "already_exists" }] } },
    });
    await expect(create("", "d73a4a")).rejects.toMatchObject({ status: 422 });
    const { data: renamed } = await ada.issues.updateLabel({
      ...where,
      name: "bug",
      new_name: "defect",
      description: "Wrong",
    });
    expect(renamed).toMatchObject({ name: "defect", color: "d73a4a", description: "Wrong" });
    await expect(ada.issues.updateLabel({ ...where, name: "defect", color: "red" })).rejects.toMatchObject({
      status: 422,
    });
    const { data: issue } = await ada.issues.create({
      ...where,
      title: "Labels",
      labels: ["defect", { name: "fleet:story" }],
    });
    const { data: set } = await ada.issues.setLabels({
      ...where,
      issue_number: issue.number,
      labels: ["defect", "new one"],
    });
    expect(set.map((label) => label.name)).toEqual(["defect", "new one"]);
    await expect(
      ada.issues.removeLabel({ ...where, issue_number: issue.number, name: "fleet:story" }),
    ).rejects.toMatchObject({
      status: 404,
      response: { data: { message: "Label does not exist" } },
    });
    await ada.issues.deleteLabel({ ...where, name: "defect" });
    expect(
      (await ada.issues.listLabelsOnIssue({ ...where, issue_number: issue.number })).data.map((label) => label.name),
    ).toEqual(["new one"]);
    await ada.issues.removeAllLabels({ ...where, issue_number: issue.number });
    expect((await ada.issues.listLabelsForRepo(where)).data.some((label) => label.name === "new one")).toBe(true);
    expect((await ada.issues.getLabel({ ...where, name: "NEW ONE" })).data.color).toBe("ededed");
  });

  it("keeps comments with their limits, edits and times", async () => {
    const { where, people, as, bot } = scene;
    const ada = as(people.ada.token);
    const { data: issue } = await ada.issues.create({ ...where, title: "Comments" });
    const at = { ...where, issue_number: issue.number };
    const { data: comment } = await bot.issues.createComment({ ...at, body: "first" });
    await expect(bot.issues.createComment({ ...at, body: longText })).rejects.toMatchObject({ status: 422 });
    await expect(bot.issues.createComment({ ...at, body: " " })).rejects.toMatchObject({ status: 422 });
    await bot.issues.updateComment({ ...where, comment_id: comment.id, body: "second" });
    expect((await bot.issues.getComment({ ...where, comment_id: comment.id })).data.body).toBe("second");
    await ada.issues.createComment({ ...at, body: "third" });
    expect((await bot.issues.listComments(at)).data.map((row) => row.body)).toEqual(["second", "third"]);
    expect((await bot.issues.listComments({ ...at, since: "2999-01-01T00:00:00Z" })).data).toEqual([]);
    expect((await bot.issues.listCommentsForRepo({ ...where, direction: "asc" })).data.length).toBeGreaterThan(1);
    await expect(
      as(people.cat.token).issues.updateComment({ ...where, comment_id: comment.id, body: "mine" }),
    ).rejects.toMatchObject({ status: 403 });
    await bot.issues.deleteComment({ ...where, comment_id: comment.id });
    await expect(bot.issues.getComment({ ...where, comment_id: comment.id })).rejects.toMatchObject({ status: 404 });
    await ada.issues.lock({ ...at, lock_reason: "resolved" });
    await expect(as(people.cat.token).issues.createComment({ ...at, body: "late" })).rejects.toMatchObject({
      status: 403,
    });
    await ada.issues.unlock(at);
    expect((await as(people.cat.token).issues.createComment({ ...at, body: "late" })).status).toBe(201);
  });

  it("counts a reaction once", async () => {
    const { where, bot } = scene;
    const { data: issue } = await bot.issues.create({ ...where, title: "Reactions" });
    const at = { ...where, issue_number: issue.number };
    const first = await bot.reactions.createForIssue({ ...at, content: "eyes" });
    const second = await bot.reactions.createForIssue({ ...at, content: "eyes" });
    expect([Number(first.status), Number(second.status), second.data.id]).toEqual([201, 200, first.data.id]);
    const { data: comment } = await bot.issues.createComment({ ...at, body: "c" });
    const { data: reaction } = await bot.reactions.createForIssueComment({
      ...where,
      comment_id: comment.id,
      content: "rocket",
    });
    expect((await bot.reactions.listForIssueComment({ ...where, comment_id: comment.id })).data).toHaveLength(1);
    await bot.reactions.deleteForIssueComment({ ...where, comment_id: comment.id, reaction_id: reaction.id });
    expect((await bot.issues.getComment({ ...where, comment_id: comment.id })).data.reactions?.total_count).toBe(0);
    expect((await bot.issues.get(at)).data.reactions?.eyes).toBe(1);
    expect((await bot.reactions.listForIssue({ ...at, content: "heart" })).data).toEqual([]);
  });

  it("nests sub-issues, orders them and knows blockers", async () => {
    const { where, bot } = scene;
    const make = async (title: string) => (await bot.issues.create({ ...where, title })).data;
    const [parent, one, two] = [await make("Parent"), await make("One"), await make("Two")];
    const at = { ...where, issue_number: parent.number };
    await bot.issues.addSubIssue({ ...at, sub_issue_id: one.id });
    const { data: above } = await bot.issues.addSubIssue({ ...at, sub_issue_id: two.id });
    expect(above.sub_issues_summary).toEqual({ total: 2, completed: 0, percent_completed: 0 });
    await expect(
      bot.issues.addSubIssue({ ...where, issue_number: one.number, sub_issue_id: parent.id }),
    ).rejects.toMatchObject({ status: 422 });
    await expect(
      bot.issues.addSubIssue({ ...where, issue_number: one.number, sub_issue_id: two.id }),
    ).rejects.toMatchObject({ status: 422 });
    await bot.issues.reprioritizeSubIssue({ ...at, sub_issue_id: two.id, before_id: one.id });
    expect((await bot.issues.listSubIssues(at)).data.map((row) => row.title)).toEqual(["Two", "One"]);
    expect((await bot.issues.getParent({ ...where, issue_number: one.number })).data.number).toBe(parent.number);
    await bot.issues.update({ ...where, issue_number: one.number, state: "closed" });
    expect((await bot.issues.get(at)).data.sub_issues_summary?.percent_completed).toBe(50);
    await bot.issues.removeSubIssue({ ...at, sub_issue_id: one.id });
    await expect(bot.issues.getParent({ ...where, issue_number: one.number })).rejects.toMatchObject({ status: 404 });
    await bot.issues.addBlockedByDependency({ ...where, issue_number: two.number, issue_id: one.id });
    expect(
      (await bot.issues.listDependenciesBlockedBy({ ...where, issue_number: two.number })).data.map((row) => row.id),
    ).toEqual([one.id]);
    expect(
      (await bot.issues.listDependenciesBlocking({ ...where, issue_number: one.number })).data.map((row) => row.id),
    ).toEqual([two.id]);
    await bot.issues.removeDependencyBlockedBy({ ...where, issue_number: two.number, issue_id: one.id });
  });

  it("has milestones", async () => {
    const { where, bot } = scene;
    const { data: milestone } = await bot.issues.createMilestone({ ...where, title: "Sprint 1" });
    await expect(bot.issues.createMilestone({ ...where, title: "Sprint 1" })).rejects.toMatchObject({ status: 422 });
    const { data: issue } = await bot.issues.create({ ...where, title: "In a sprint", milestone: milestone.number });
    expect(
      (await bot.issues.listForRepo({ ...where, milestone: String(milestone.number) })).data.map((row) => row.number),
    ).toEqual([issue.number]);
    expect((await bot.issues.getMilestone({ ...where, milestone_number: milestone.number })).data.open_issues).toBe(1);
    await bot.issues.update({ ...where, issue_number: issue.number, milestone: null });
    await bot.issues.updateMilestone({
      ...where,
      milestone_number: milestone.number,
      state: "closed",
      description: "done",
    });
    expect((await bot.issues.listMilestones({ ...where, state: "closed" })).data).toHaveLength(1);
    await bot.issues.deleteMilestone({ ...where, milestone_number: milestone.number });
    expect((await bot.issues.listMilestones({ ...where, state: "all" })).data).toEqual([]);
  });

  it("lists by state, label, time and page, with links by repository id", async () => {
    const { where, bot, repository } = scene;
    for (let n = 0; n < 5; n += 1) await bot.issues.create({ ...where, title: `Row ${n}`, labels: ["row"] });
    const first = await bot.issues.listForRepo({ ...where, labels: "ROW", per_page: 2 });
    expect(first.data.map((row) => row.title)).toEqual(["Row 4", "Row 3"]);
    expect(first.headers.link).toContain(`/api/v3/repositories/${repository.id}/issues?`);
    const all = await bot.paginate(bot.issues.listForRepo, { ...where, labels: "row", per_page: 2, state: "all" });
    expect(all.map((row) => row.title)).toEqual(["Row 4", "Row 3", "Row 2", "Row 1", "Row 0"]);
    expect((await bot.issues.listForRepo({ ...where, since: "2999-01-01T00:00:00Z" })).data).toEqual([]);
    expect(
      (await bot.issues.listForRepo({ ...where, creator: "fleet[bot]", assignee: "none", labels: "row" })).data,
    ).toHaveLength(5);
  });

  it("answers 304 to an ETag that still fits", async () => {
    const { where, bot } = scene;
    const first = await bot.issues.get({ ...where, issue_number: 1 });
    const again = bot.issues.get({ ...where, issue_number: 1, headers: { "if-none-match": first.headers.etag } });
    await expect(again).rejects.toMatchObject({ status: 304 });
    await bot.issues.update({ ...where, issue_number: 1, body: "other" });
    expect(
      (await bot.issues.get({ ...where, issue_number: 1, headers: { "if-none-match": first.headers.etag } })).status,
    ).toBe(200);
  });

  it("assigns people", async () => {
    const { where, bot } = scene;
    const at = { ...where, issue_number: 1 };
    await bot.issues.addAssignees({ ...at, assignees: ["cat", "nobody"] });
    const { data } = await bot.issues.removeAssignees({ ...at, assignees: ["ben"] });
    expect(data.assignees?.map((row) => row.login)).toEqual(["cat"]);
    expect((await bot.issues.listAssignees(where)).data.map((row) => row.login)).toEqual(["ben", "cat"]);
    expect((await bot.issues.checkUserCanBeAssigned({ ...where, assignee: "ben" })).status).toBe(204);
    await expect(bot.issues.update({ ...at, assignees: ["nobody"] })).rejects.toMatchObject({ status: 422 });
  });
});
