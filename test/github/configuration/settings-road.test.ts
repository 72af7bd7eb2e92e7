import { afterAll, beforeAll, expect, test } from "vitest";
import { attachValidator } from "../../playground/github/response-validator.ts";
import { startFleet } from "../support/fleet.ts";
import { type LocalWorld, startWorld } from "../support/local-world.ts";

const shop = { owner: "acme", repo: "shop" };
const path = ".github/fleet.yml";

let world: LocalWorld;
let fleet: Awaited<ReturnType<typeof startFleet>>;
let validator: ReturnType<typeof attachValidator>;

beforeAll(async () => {
  world = await startWorld();
  validator = attachValidator(world.github);
  fleet = await startFleet(world, { start: "command", available: false, maxRounds: 3 });
});
afterAll(async () => {
  expect(world.github.unknownRoutes).toEqual([]);
  expect(validator.violations()).toEqual([]);
  await fleet.close();
  await world.close();
});

const olga = () => world.as("olga").rest;

/** Puts a text on a branch; null deletes the file. */
async function put(branch: string, text: string | null): Promise<void> {
  const current = await olga()
    .repos.getContent({ ...shop, path, ref: branch })
    .catch(() => null);
  const sha = current !== null && "sha" in current.data ? current.data.sha : undefined;
  const file = { ...shop, path, branch, message: "Configure" };
  if (text === null) await olga().repos.deleteFile({ ...file, sha: sha ?? "" });
  else {
    const content = Buffer.from(text).toString("base64");
    await olga().repos.createOrUpdateFileContents({ ...file, content, ...(sha === undefined ? {} : { sha }) });
  }
  await fleet.settle();
}

const visible = (text: string | null | undefined) => (text ?? "").replaceAll(/<!--.*?-->\n?/g, "").trim();
const attention = async () => {
  const { data } = await olga().issues.listForRepo({ ...shop, labels: "fleet:attention", state: "all" });
  return data.map(({ number, title, state, body }) => ({ number, title, state, body: visible(body) }));
};

test("a file that breaks on the default branch leads to one issue, which follows it and closes", async () => {
  await put("main", "roles: { architect: [arno], qa: ['@acme/architects'] }\nreadiness: { threshold: 70 }\n");
  expect(await attention()).toEqual([]);
  await put("main", "readiness:\n  threshold: 700\ncouncil: { start: never | always }\n");
  const [first] = await attention();
  expect([first?.title, first?.state]).toEqual(["fleet.yml needs attention", "open"]);
  expect(first?.body).toMatchInlineSnapshot(`
    "\`.github/fleet.yml\` on the default branch cannot be read. Nothing stops: the last good one stays in force until this is mended.

    | line | setting | value | what is wrong | what to write instead |
    |---|---|---|---|---|
    | 2 | \`readiness.threshold\` | \`700\` | this is too big | write a number of at most 100 |
    | 3 | \`council.start\` | \`"never ' always"\` | this is none of the possible values | write one of: auto, command |

    This issue is kept up to date and closes by itself. \`fleet config validate\` checks a file before it is pushed."
  `);
  await put(
    "main",
    "roles: { architect: ['@acme/architcts', nobody-here, '@other/team'] }\ngates: { testing: council }\n",
  );
  const again = await attention();
  expect(again).toHaveLength(1);
  expect(again[0]).toMatchObject({ number: first?.number, state: "open" });
  expect(again[0]?.body).toMatchInlineSnapshot(`
    "\`.github/fleet.yml\` is in force, but a part of it does nothing.

    **Without effect:**

    | line | setting | value | what is wrong | what to write instead |
    |---|---|---|---|---|
    | 1 | \`roles.architect.0\` | \`@acme/architcts\` | there is no team architcts in acme | write the team's name as in its address, github.com/orgs/\\<organisation\\>/teams/\\<name\\>; where the owner is a person there are no teams: list logins |
    | 1 | \`roles.architect.1\` | \`nobody-here\` | GitHub knows no account of this login | correct the login, or take it out |
    | 1 | \`roles.architect.2\` | \`@other/team\` | teams of other have no members here: the repository belongs to acme | name a team of acme, if it is an organisation, or logins |
    | 2 | \`gates.testing\` | – | this setting has no effect yet | until it has, a person decides at this gate; the required checks must be green |

    This issue is kept up to date and closes by itself. \`fleet config validate\` checks a file before it is pushed."
  `);
  await put("main", "roles: { architect: ['@acme/architects'] }\n");
  expect(await attention()).toEqual([
    {
      number: first?.number,
      title: "fleet.yml needs attention",
      state: "closed",
      body: "`.github/fleet.yml` is good again and in force.",
    },
  ]);
  await put("main", "oops");
  expect((await attention()).map(({ number, state }) => [number, state])).toEqual([[first?.number, "open"]]);
});

test("an issue that somebody closed stays closed until something else is wrong", async () => {
  await put("main", "roles: nonsense");
  const [issue] = await attention();
  await olga().issues.update({ ...shop, issue_number: issue?.number ?? 0, state: "closed" });
  await fleet.settle();
  await fleet.write({ kind: "settings", ref: world.ref });
  await fleet.settle();
  expect((await attention())[0]?.state).toBe("closed");
  await put("main", "merge: nonsense");
  expect((await attention())[0]?.state).toBe("open");
  await put("main", "{}");
});

test("a renamed team is noticed, without a push", async () => {
  world.github.addTeam("acme", "testers", ["quinn"]);
  await put("main", "roles: { qa: ['@acme/testers'] }\n");
  expect((await attention())[0]?.state).toBe("closed");
  await olga().teams.updateInOrg({ org: "acme", team_slug: "testers", name: "Quality" });
  await fleet.settle();
  const [issue] = await attention();
  expect([issue?.state, issue?.body.includes("there is no team testers in acme")]).toEqual(["open", true]);
  await put("main", "{}");
});

test("a pull request that changes the file is judged by a check run and, while it is wrong, by one comment", async () => {
  const { data: main } = await olga().git.getRef({ ...shop, ref: "heads/main" });
  await olga().git.createRef({ ...shop, ref: "refs/heads/settings", sha: main.object.sha });
  await put("settings", 'sla:\n  quiet: { timezone: Mars }\nsubject: ["@acme/all", "a|b`c"]\n');
  const { data: pull } = await olga().pulls.create({ ...shop, head: "settings", base: "main", title: "Settings" });
  await fleet.settle();
  const comments = async () =>
    (await olga().issues.listComments({ ...shop, issue_number: pull.number })).data.map(({ id, body }) => ({
      id,
      body: visible(body),
    }));
  const check = async () => {
    const { data: head } = await olga().pulls.get({ ...shop, pull_number: pull.number });
    const { data } = await olga().checks.listForRef({ ...shop, ref: head.head.sha, check_name: "fleet/config" });
    const [run] = data.check_runs;
    return [run?.conclusion, run?.output.title, run?.output.annotations_count];
  };
  const [complaint] = await comments();
  expect(complaint?.body).toMatchInlineSnapshot(`
    "### \`fleet.yml\` would not come into force
    After a merge the settings of today would stay, until the file is mended.

    | line | setting | value | what is wrong | what to write instead |
    |---|---|---|---|---|
    | 2 | \`sla.quiet.timezone\` | \`"Mars"\` | there is no such time zone | write a name of the IANA time zone database, such as "Europe/Madrid" |
    | 3 | \`subject\` | – | there is no setting "subject" | did you mean "roles"? Possible here: roles, readiness, gates, council, checks, paths, merge, sla, limits |"
  `);
  expect(await check()).toEqual(["failure", "fleet.yml would not come into force", 2]);
  await put("settings", "sla: { quiet: { timezone: Europe/Madrid } }\ngates: { architecture: council }\n");
  expect(await check()).toEqual(["neutral", "fleet.yml is valid; a part of it does nothing", 1]);
  await put("settings", "sla: { quiet: { timezone: Europe/Madrid } }\n");
  expect(await comments()).toEqual([
    {
      id: complaint?.id,
      body: "### `fleet.yml` is valid\nIt comes into force when it is merged into the default branch.",
    },
  ]);
  expect(await check()).toEqual(["success", "fleet.yml is valid", 0]);
  await put("settings", null);
  expect(await check()).toEqual(["success", "fleet.yml is removed", 0]);
  // The default branch alone counts: nothing of this was in force for a moment.
  expect(fleet.waiting).toEqual([]);
});

test("a pull request that leaves the file alone, or goes to another branch, hears nothing", async () => {
  const { data: main } = await olga().git.getRef({ ...shop, ref: "heads/main" });
  for (const name of ["other", "aside"])
    await olga().git.createRef({ ...shop, ref: `refs/heads/${name}`, sha: main.object.sha });
  await olga().repos.createOrUpdateFileContents({ ...shop, path: "a.txt", branch: "other", message: "a", content: "" });
  const one = await olga().pulls.create({ ...shop, head: "other", base: "main", title: "Another file" });
  await put("aside", "nonsense: true");
  const two = await olga().pulls.create({ ...shop, head: "aside", base: "other", title: "Another base" });
  await fleet.settle();
  for (const { data: pull } of [one, two]) {
    expect((await olga().issues.listComments({ ...shop, issue_number: pull.number })).data).toEqual([]);
    expect((await olga().checks.listForRef({ ...shop, ref: pull.head.sha })).data.check_runs).toEqual([]);
  }
});
