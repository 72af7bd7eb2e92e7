import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { issueFormOffer, issueForms, readIssueForm } from "../../../src/github/issue-forms/issue-form.ts";
import { storyLabel } from "../../../src/github/present/label-set.ts";
import { scoreReadiness } from "../../../src/planning/domain/readiness.ts";
import { parseTypedPlan } from "../../../src/planning/domain/typed-plan.ts";
import { startFleet } from "../support/fleet.ts";
import { type LocalWorld, startWorld } from "../support/local-world.ts";

const element = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("markdown"), attributes: z.strictObject({ value: z.string() }) }),
  z.strictObject({
    type: z.enum(["textarea", "input"]),
    id: z.string().regex(/^[a-z_-]+$/),
    attributes: z.strictObject({ label: z.string(), description: z.string(), placeholder: z.string().optional() }),
    validations: z.strictObject({ required: z.boolean() }),
  }),
]);

/** @see https://docs.github.com/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-issue-forms */
const form = z.strictObject({
  name: z.string(),
  description: z.string(),
  labels: z.array(z.string()),
  body: z.array(element),
});

const parsed = form.parse(parse(readIssueForm(issueForms.story)));
const fields = parsed.body.flatMap((part) => (part.type === "markdown" ? [] : [part]));

/** What GitHub makes of a filled-in form; a field that was left empty says so. */
function rendered(answers: Readonly<Record<string, string>>): string {
  return fields
    .map(({ id, attributes }) => `### ${attributes.label}\n\n${answers[id] ?? "_No response_"}`)
    .join("\n\n");
}

const placeholders = Object.fromEntries(
  fields.flatMap(({ id, attributes }) => (attributes.placeholder === undefined ? [] : [[id, attributes.placeholder]])),
);
const title = "Refuse coupons that have expired";
const score = (body: string) => scoreReadiness({ title, body, labels: parsed.labels, openBlockers: 0 });

describe("the story's issue form", () => {
  test("makes the issue a story", () => {
    expect(parsed.labels).toEqual([storyLabel]);
    expect(fields.map(({ id }) => id)).toEqual(["value", "criteria", "area", "notes"]);
  });

  test("filled in as its examples show scores 100, with every criterion found", () => {
    const { score: points, criteria, findings } = score(rendered(placeholders));
    expect([points, findings.filter(({ lost }) => lost > 0)]).toEqual([100, []]);
    expect(criteria).toHaveLength(2);
  });

  test("left empty scores 0, and a field that was left empty loses its points only", () => {
    expect(score(rendered({})).score).toBe(0);
    const { area: _, ...rest } = placeholders;
    expect(score(rendered(rest))).toMatchObject({ score: 95 });
    const { criteria: __, ...noCriteria } = placeholders;
    expect(score(rendered(noCriteria)).score).toBe(55);
  });

  test("is the one in the sample repository, so that the demo is not offered it", () => {
    expect(readFileSync(`src/playground/sample/repository/${issueForms.story.path}`, "utf8")).toBe(
      readIssueForm(issueForms.story),
    );
  });

  test("its headings are no plan", () => {
    expect(parseTypedPlan(rendered(placeholders), 2)).toBeNull();
  });
});

describe("the epic's issue form", () => {
  test("makes the issue no story: its stories are issues of their own", () => {
    const { name, labels, body } = form.parse(parse(readIssueForm(issueForms.epic)));
    expect([name, labels]).toEqual(["Epic", []]);
    expect(body.flatMap((part) => (part.type === "markdown" ? [] : [part.id]))).toEqual(["goal", "measure", "limits"]);
  });
});

describe("the offer", () => {
  const shop = { owner: "acme", repo: "shop" };
  let world: LocalWorld;
  let fleet: Awaited<ReturnType<typeof startFleet>>;

  beforeAll(async () => {
    world = await startWorld();
    fleet = await startFleet(world, { start: "command", available: false, maxRounds: 3 });
  });
  afterAll(async () => {
    await fleet.close();
    await world.close();
  });

  const pulls = async (repo = "shop") =>
    (await world.as("olga").rest.pulls.list({ ...shop, repo, state: "all" })).data.filter(
      (pull) => pull.head.ref === issueFormOffer().branch,
    );
  const installOn = async (names: readonly string[]) => {
    const { data } = await (await world.probot.auth()).rest.apps.getAuthenticated();
    world.github.installApp(data?.id ?? 0, "acme", names);
    await fleet.settle();
  };
  const ask = async () => {
    await fleet.write({ kind: "issue-form", ref: world.ref });
    await fleet.settle();
  };

  test("is one pull request at the installation, and never again once it was closed", async () => {
    await ask();
    const [pull] = await pulls();
    expect(pull?.title).toBe("Add the issue forms for stories and epics");
    expect(pull?.body?.replaceAll(/<!--.*?-->\n?/g, "").trim()).toMatchSnapshot();
    for (const form of Object.values(issueForms)) {
      const { data: file } = await world
        .as("olga")
        .rest.repos.getContent({ ...shop, path: form.path, ref: issueFormOffer().branch });
      expect("content" in file ? Buffer.from(file.content, "base64").toString() : "").toBe(readIssueForm(form));
    }
    await ask();
    await world.as("olga").rest.pulls.update({ ...shop, pull_number: pull?.number ?? 0, state: "closed" });
    await world.as("olga").rest.git.deleteRef({ ...shop, ref: `heads/${issueFormOffer().branch}` });
    await ask();
    expect((await pulls()).map(({ number, state }) => [number, state])).toEqual([[pull?.number, "closed"]]);
  });

  test("goes to new repositories, not to one that has the form, is empty, or comes with many others", async () => {
    const files = { fromDirectory: fileURLToPath(new URL("../../../src/github/issue-forms", import.meta.url)) };
    await world.github.addRepository("acme", "fresh", files);
    await world.github.addRepository("acme", "empty");
    await installOn(["shop", "fresh", "empty"]);
    expect([(await pulls("fresh")).length, (await pulls("empty")).length]).toEqual([1, 0]);
    const many = Array.from({ length: 11 }, (_, at) => `many-${at}`);
    for (const name of many) await world.github.addRepository("acme", name, files);
    await installOn(["shop", "fresh", "empty", ...many]);
    expect((await Promise.all(many.map(pulls))).flat()).toEqual([]);
    const { data: labels } = await world.as("olga").rest.issues.listLabelsForRepo({ ...shop, repo: "many-3" });
    expect(labels.map((label) => label.name)).toContain("fleet:story");
  });
});
