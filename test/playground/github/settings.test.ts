import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startScene } from "./harness.ts";

describe("what administrators change", () => {
  let scene: Awaited<ReturnType<typeof startScene>>;
  beforeAll(async () => {
    scene = await startScene();
    scene.github.registerApp({
      slug: "fleet",
      permissions: { contents: "write", issues: "write", members: "read", metadata: "read" },
      events: ["repository", "team", "membership", "member", "organization"],
      webhookUrl: scene.receiver.url,
      webhookSecret: "s3cret",
    });
  });
  afterAll(async () => {
    await scene.github.deliveriesSettled();
    expect(scene.validator.violations()).toEqual([]);
    expect(scene.github.unknownRoutes).toEqual([]);
    await scene.close();
  });
  const ada = () => scene.as(scene.people.ada.token);
  const told = async () => {
    await scene.github.deliveriesSettled();
    return scene.receiver.received.splice(0).map(({ event, payload }) => `${event}.${payload["action"]}`);
  };

  it("a team's level in a repository counts for nested teams too, and each change is told", async () => {
    await told();
    const team = { org: "acme", team_slug: "engineering" };
    const { where, bot, people } = scene;
    const level = async () =>
      (await bot.repos.getCollaboratorPermissionLevel({ ...where, username: "ben" })).data.role_name;
    expect(await level()).toBe("write");
    await ada().teams.addOrUpdateRepoPermissionsInOrg({ ...team, ...where, permission: "maintain" });
    expect(await level()).toBe("maintain");
    await ada().teams.removeRepoInOrg({ ...team, ...where });
    expect(await level()).toBe("write");
    await ada().teams.updateInOrg({ ...team, name: "Platform Engineering" });
    const renamed = { ...team, team_slug: "platform-engineering" };
    expect((await bot.teams.getMembershipForUserInOrg({ ...renamed, username: "ben" })).data.state).toBe("active");
    await ada().orgs.removeMember({ org: "acme", username: "ben" });
    await expect(bot.teams.getMembershipForUserInOrg({ ...renamed, username: "ben" })).rejects.toMatchObject({
      status: 404,
    });
    await ada().teams.deleteInOrg(renamed);
    expect(await told()).toEqual([
      "team.added_to_repository",
      "team.removed_from_repository",
      "team.edited",
      "membership.removed",
      "organization.member_removed",
      "team.deleted",
    ]);
    await expect(scene.as(people.eve.token).teams.deleteInOrg(team)).rejects.toMatchObject({ status: 403 });
  });

  it("a renamed repository is found by its old name, an archived one takes no writes", async () => {
    const { bot, where, repository } = scene;
    await ada().repos.update({ ...where, name: "store" });
    expect((await bot.repos.get(where)).data).toMatchObject({ id: repository.id, full_name: "acme/store" });
    const { data: issue } = await bot.issues.create({ ...where, title: "By the old name" });
    const now = { owner: "acme", repo: "store" };
    await ada().repos.update({ ...now, archived: true });
    const comment = bot.issues.createComment({ ...now, issue_number: issue.number, body: "late" });
    await expect(comment).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining("Repository was archived so is read-only."),
    });
    expect((await bot.issues.get({ ...now, issue_number: issue.number })).data.title).toBe("By the old name");
    await ada().repos.update({ ...now, archived: false, name: "shop" });
    expect(await told()).toEqual([
      "repository.renamed",
      "repository.archived",
      "repository.renamed",
      "repository.unarchived",
    ]);
  });

  it("a suspended person is nobody", async () => {
    const { github, bot, where, as, people } = scene;
    github.suspendUser("cat", true);
    await expect(as(people.cat.token).users.getAuthenticated()).rejects.toMatchObject({ status: 403 });
    await expect(bot.users.getByUsername({ username: "cat" })).rejects.toMatchObject({ status: 404 });
    await expect(bot.repos.getCollaboratorPermissionLevel({ ...where, username: "cat" })).rejects.toMatchObject({
      status: 404,
    });
    github.suspendUser("cat", false);
    expect((await bot.users.getByUsername({ username: "cat" })).data.login).toBe("cat");
  });

  it("an installation is suspended, narrowed, moved away from and ended", async () => {
    const { github, appClient, bot, where, installationId, repository, app } = scene;
    await appClient.apps.suspendInstallation({ installation_id: installationId });
    await expect(bot.repos.get(where)).rejects.toMatchObject({ status: 403 });
    await appClient.apps.unsuspendInstallation({ installation_id: installationId });
    github.grantPermissions(installationId, { metadata: "read" });
    const { data: narrow } = await appClient.apps.createInstallationAccessToken({ installation_id: installationId });
    expect(narrow.permissions).toEqual({ metadata: "read" });
    github.grantPermissions(installationId, null);
    await ada().apps.removeRepoFromInstallationForAuthenticatedUser({
      installation_id: installationId,
      repository_id: repository.id,
    });
    github.installApp(app.appId, "acme", ["shop"]);
    await ada().repos.transfer({ ...where, new_owner: "ada" });
    expect((await ada().repos.get({ owner: "ada", repo: "shop" })).data.id).toBe(repository.id);
    await ada().repos.delete({ owner: "ada", repo: "shop" });
    await expect(ada().repos.get({ owner: "ada", repo: "shop" })).rejects.toMatchObject({ status: 404 });
    await appClient.apps.deleteInstallation({ installation_id: installationId });
    expect(await told()).toEqual([
      "installation.suspend",
      "installation.unsuspend",
      "installation.new_permissions_accepted",
      "installation_repositories.removed",
      "installation_repositories.added",
      "installation_repositories.removed",
      "installation.deleted",
    ]);
  });
});
