import { expect, test } from "vitest";
import { z } from "zod";
import { readEntity } from "../../src/context/application/access/read-entity.ts";
import { decideAccess } from "../../src/context/domain/access/decide-access.ts";
import { readRows } from "../../src/context/infrastructure/access/graph-entities.ts";
import type { GitHubClient } from "../../src/github/client/octokit.ts";
import { updateBranch } from "../../src/github/write/update-branch.ts";
import { UserError } from "../../src/kernel/errors.ts";
import { type RefusalReason, refusalReasons } from "../../src/kernel/reasons.ts";
import type { Refusal } from "../../src/kernel/refusal.ts";
import type { RoleAnswer } from "../../src/kernel/roles.ts";
import type { Ceremony } from "../../src/planning/domain/ceremony/ceremony.ts";
import { mostStories } from "../../src/planning/domain/ceremony/ceremony-guards.ts";
import type { CeremonyRequest } from "../../src/planning/domain/ceremony/ceremony-request.ts";
import { decideCeremony } from "../../src/planning/domain/ceremony/decide-ceremony.ts";
import { decideStory } from "../../src/planning/domain/decide-story.ts";
import { noSuchDecision } from "../../src/planning/domain/judge-decision.ts";
import type { Story } from "../../src/planning/domain/story.ts";
import type { StoryRequest } from "../../src/planning/domain/story-request.ts";
import { decideTask } from "../../src/workflow/domain/decide-task.ts";
import type { Task } from "../../src/workflow/domain/task.ts";
import type { TaskRequest } from "../../src/workflow/domain/task-request.ts";
import { aCeremony, aCeremonyStory, ceremonyRequest, joining, seats } from "../planning/a-ceremony.ts";
import { aStory, aRequest as aStoryRequest } from "../planning/a-story.ts";
import { agent, aTask, aRequest as aTaskRequest, holding, reviewer } from "../workflow/a-task.ts";
import { at, common, everybody, issueOf, pull, pullOf, sub } from "./support/closure-tables.ts";
import { memoryFleet } from "./support/memory-fleet.ts";

type Decision = { readonly kind: string; readonly refusal?: Refusal };
const reasonOf = ({ kind, refusal }: Decision) => refusal?.reason ?? kind;

const system = { principal: { kind: "system" }, roles: holding("system") } as const;
const ofStory = (story: Partial<Story>, request: Partial<StoryRequest> & Pick<StoryRequest, "action">) =>
  reasonOf(decideStory(aStory(story), aStoryRequest(request)));
const ofTask = (task: Partial<Task>, request: Partial<TaskRequest> & Pick<TaskRequest, "action">) =>
  reasonOf(decideTask(aTask(task), aTaskRequest(request)));
const ofCeremony = (ceremony: Partial<Ceremony>, request: Partial<CeremonyRequest> & Pick<CeremonyRequest, "action">) =>
  reasonOf(decideCeremony(aCeremony(ceremony), ceremonyRequest(request)));

type Given = Parameters<typeof memoryFleet>[0];
const everyRole: RoleAnswer = holding(...everybody);

/** What a person who holds every role is told of a comment. */
async function said(body: string, given: Omit<Given, "roles">): Promise<string> {
  const fleet = memoryFleet({ roles: everyRole, ...given });
  const issue = given.task === undefined ? issueOf(given.story ?? aStory(), "bug") : { ...plain, number: sub };
  const comment = { id: 1, body, created_at: at, user: null };
  await fleet.send("issue_comment", { ...common({ id: 99 }), action: "created", issue, comment });
  return fleet.reply();
}

const plain = { title: "t", body: "", user: null, labels: [], updated_at: at };

/** What a person who holds every role is told of a label on an issue. */
async function labelled(name: string, given: Omit<Given, "roles">): Promise<string> {
  const fleet = memoryFleet({ roles: everyRole, ...given });
  const issue = given.story === undefined ? { ...plain, number: 5, labels: [{ name }] } : issueOf(given.story, name);
  await fleet.send("issues", { ...common({ id: 99 }), action: "labeled", label: { name }, issue });
  return fleet.reply();
}

const taskHere = (changes: Partial<Task> = {}) => ({
  story: aStory({ state: "in-progress" }),
  task: aTask({ issueNumber: sub, ...changes }),
});

/** One way to each reason of the closed list. A reason without one fails to compile; one that nothing reaches goes. */
const ways: Readonly<Record<RefusalReason, () => string | Promise<string>>> = {
  "not-in-this-state": () => ofStory({ state: "draft" }, { action: "approve-scope" }),
  "role-missing": () => ofStory({ state: "po-review" }, { action: "approve-scope", roles: holding("qa") }),
  "roles-unknown": () =>
    ofTask({ state: "pending-qa" }, { action: "claim-testing", roles: { known: false, why: "503" } }),
  "own-work": () => ofTask({ state: "pending-arch-review", authors: ["human:4"] }, { action: "claim-review" }),
  "authors-unknown": () => ofTask({ state: "pending-arch-review", authorsKnown: false }, { action: "claim-review" }),
  "not-holder": () => ofTask({ state: "implementing" }, { action: "commit-code", roles: everyRole }),
  "feedback-missing": () => ofTask({ state: "arch-reviewing" }, { action: "reject-design", feedback: "no" }),
  "not-ready": () => ofStory({ state: "po-review", body: "" }, { action: "approve-scope" }),
  "body-changed": () => ofStory({ state: "po-review" }, { action: "approve-scope", expectedBodyHash: "another" }),
  "not-a-story": () => ofStory({ state: "draft", body: "Faster, please." }, { action: "submit" }),
  "plan-invalid": () =>
    ofStory(
      { state: "ready-for-planning" },
      { action: "derive-plan", ...system, plan: { tasks: [], source: "typed" } },
    ),
  "plan-changed": () => ofStory({ state: "planned" }, { action: "approve-plan", planShownHash: "another" }),
  "plan-missing": () => ofStory({ state: "planned", plan: null }, { action: "approve-plan" }),
  "dependencies-open": () =>
    ofTask({ state: "todo", dependsOn: [2] }, { action: "claim-task", roles: holding("developer") }),
  "stories-in-progress": () =>
    ofTask(
      { state: "todo" },
      { action: "claim-task", roles: holding("developer"), room: { limit: 1, inProgress: [7], begun: false } },
    ),
  "lease-taken": () => ofTask({ state: "implementing" }, { action: "claim-task", roles: holding("developer") }),
  "wrong-branch": () => ofTask({ state: "implementing" }, { action: "commit-code", principal: agent, onBranch: false }),
  "tree-changed": () => ofTask({ state: "arch-reviewing" }, { action: "approve-design", headTree: "another" }),
  "checks-not-green": () =>
    ofTask({ state: "qa-testing" }, { action: "approve-tests", roles: holding("qa"), checksGreen: false }),
  "tasks-open": () => ofStory({ state: "in-progress" }, { action: "request-review", ...system, tasks: [] }),
  "not-merged": () =>
    ofStory(
      { state: "accepted" },
      { action: "finish", ...system, tasks: [{ id: "100-42-p1-t1", number: 1, state: "done", merged: false }] },
    ),
  "no-model": () => ofCeremony({}, { action: "start", councilAvailable: false }),
  "tokens-used-up": () =>
    said("/council", {
      ...taskHere({ state: "todo" }),
      tokens: [{ scope: "day", unit: "tokens", used: 9, held: 0, of: 9, ms: 0 }],
    }),
  "no-limit": () => said("/budget +5", taskHere({ state: "todo" })),
  "no-ceremony": () => said("/ceremony complete", { story: aStory({ state: "ready-for-planning" }) }),
  "in-ceremony": () => ofCeremony({}, { action: "add-story", joining: joining(43), elsewhere: 7 }),
  "not-in-ceremony": () => ofCeremony({}, { action: "remove-story", storyId: "100-43" }),
  "ceremony-full": () =>
    ofCeremony(
      { stories: Array.from({ length: mostStories }, (_, n) => aCeremonyStory(100 + n)) },
      { action: "add-story", joining: joining(43) },
    ),
  "ceremony-empty": () => ofCeremony({ stories: [] }, { action: "start" }),
  "reviews-open": () => ofCeremony({ state: "in-progress" }, { action: "present", ...system }),
  "dissent-open": () =>
    ofCeremony(
      { state: "reviewing", stories: [aCeremonyStory(42, { reviews: seats("ready", "not-ready", "ready") })] },
      { action: "complete" },
    ),
  "wrong-place": () => said("/rebase", { story: aStory({ state: "in-progress" }) }),
  "bad-argument": () => said("/context everything", taskHere()),
  "unknown-person": () => said("/assign @acme", taskHere({ state: "todo" })),
  "nothing-running": () => said("/stop", taskHere({ state: "todo" })),
  "nothing-stopped": () => said("/resume", taskHere({ state: "todo" })),
  "no-pull-request": () => said("/rebase", taskHere({ state: "pending-arch-review" })),
  "merge-conflict": conflict,
  "unknown-command": oldButton,
  "unknown-story": () => labelled("story/done", {}),
  "unknown-task": strayPull,
  "unknown-decision": () => noSuchDecision(7, []).reason,
  "unknown-field": () => ofRead({ fields: ["secret"] }),
  "not-visible": () => ofRead({ fields: ["budget"] }),
  "not-found": nothingRead,
  "not-a-state": () => labelled("story/almost", { story: aStory({ state: "draft" }) }),
  "not-by-hand": takenOff,
};

const reading = {
  viewer: {
    installation: 1,
    repository: 100,
    principal: { kind: "human", id: 4, login: "dev" },
    role: "developer",
    roles: holding("developer"),
    task: null,
  },
  purpose: "test",
} as const;

/** What a developer is told who asks for fields of stories. */
function ofRead(query: { readonly fields: readonly string[] }): string {
  const access = decideAccess({ entity: "story", limit: 1, ...query }, reading.viewer);
  return access.kind === "denied" ? access.refusal.reason : access.kind;
}

/** A story that is not there. */
async function nothingRead(): Promise<string> {
  const tx = { run: async () => [] };
  const write = <T>(work: (given: typeof tx) => Promise<T>): Promise<T> => work(tx);
  const graph = { write, read: write, writeOne: tx.run };
  const query = { entity: "story", id: "100-1", fields: ["id"] } as const;
  const deps = { graph, readRows, recordAccesses: async () => {} };
  const answer = readEntity(deps, { ...reading, query });
  return answer.then(
    () => "read",
    (error: unknown) => (error instanceof UserError ? error.reason : "another error"),
  );
}

/** The label of the state, taken off by hand. */
async function takenOff(): Promise<string> {
  const story = aStory({ state: "draft" });
  const fleet = memoryFleet({ roles: everyRole, story, labels: ["fleet:story"] });
  const issue = { ...issueOf(story, "bug"), labels: [{ name: "fleet:story" }] };
  const label = { name: "story/draft" };
  await fleet.send("issues", { ...common({ id: 99 }), action: "unlabeled", label, issue });
  return fleet.reply();
}

/** A task's label on a pull request that is no task's. */
async function strayPull(): Promise<string> {
  const fleet = memoryFleet({ roles: everyRole });
  const label = { name: "task/done" };
  const pull_request = { ...pullOf(aTask(), label.name), head: { ref: "patch-1", sha: "sha-1", repo: { id: 100 } } };
  await fleet.send("pull_request", { ...common({ id: 99 }), action: "labeled", label, pull_request });
  return fleet.reply();
}

/** A button that this version of the fleet does not know any more. */
async function oldButton(): Promise<string> {
  const fleet = memoryFleet({ roles: everyRole, task: aTask({ pullRequest: pull }) });
  await fleet.send("check_run", {
    ...common({ id: 99 }),
    action: "requested_action",
    check_run: { name: "fleet/council", head_sha: "sha-1", app: { id: 1 }, pull_requests: [{ number: pull }] },
    requested_action: { identifier: "merge-anyway" },
  });
  return fleet.reply();
}

/** A branch that GitHub cannot bring up to date. */
async function conflict(): Promise<string> {
  const said: string[] = [];
  const updated = Promise.reject(
    Object.assign(new Error("422"), {
      name: "HttpError",
      status: 422,
      response: { headers: {}, data: { message: "merge conflict between base and head" } },
    }),
  );
  const rest = {
    pulls: { updateBranch: () => updated },
    issues: {
      listComments: {},
      createComment: async ({ body }: { body: string }) => {
        said.push(body);
        return { data: { id: 1, html_url: "" } };
      },
    },
  };
  const on = {
    octokit: z.custom<GitHubClient>().parse({ rest, paginate: async () => [] }),
    owner: "acme",
    repo: "shop",
    app: { appId: 1, slug: "fleet", botId: 5_000 },
    beforeWrite: async () => {},
    lacks: () => {},
  };
  const where = { pullNumber: pull, issueNumber: pull, commentId: 1, trigger: "comment-1", login: reviewer.login };
  const ref = { installation: 11, repository: 100, owner: "acme", repo: "shop" };
  await updateBranch(on, { kind: "update-branch", ref, ...where });
  return /reason: `([a-z-]+)`/.exec(said.join())?.[1] ?? "nothing was said";
}

test.each(Object.entries(ways))("%s is reached", async (reason, way) => {
  expect(await way()).toBe(reason);
});

test("there is a way to every reason", () => {
  expect(Object.keys(ways)).toEqual(Object.keys(refusalReasons));
});
