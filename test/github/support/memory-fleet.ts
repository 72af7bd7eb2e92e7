import { pino } from "pino";
import { z } from "zod";
import type { BudgetAccount } from "../../../src/deliberation/domain/council-budget.ts";
import type { GitHubClient } from "../../../src/github/client/octokit.ts";
import { defaultConfiguration } from "../../../src/github/configuration/fleet-configuration.ts";
import type { AppDeps } from "../../../src/github/translate/app-deps.ts";
import { handlers } from "../../../src/github/translate/handlers.ts";
import type { WriteTarget } from "../../../src/github/write/write-target.ts";
import { createNewId } from "../../../src/kernel/ids.ts";
import type { RoleAnswer } from "../../../src/kernel/roles.ts";
import type { Transaction, UnitOfWork } from "../../../src/kernel/transaction.ts";
import { createFindStoryFacts } from "../../../src/planning/application/find-stories.ts";
import type { PlanningDeps, Stories } from "../../../src/planning/application/ports.ts";
import type { Story } from "../../../src/planning/domain/story.ts";
import { bindPlanning } from "../../../src/wiring/bind-planning.ts";
import { bindWorkflow } from "../../../src/wiring/bind-workflow.ts";
import type { Tasks, WorkflowDeps } from "../../../src/workflow/application/ports.ts";
import { defaultSla } from "../../../src/workflow/domain/deadlines.ts";
import type { Task } from "../../../src/workflow/domain/task.ts";
import { emptyContext } from "../../support/empty-context.ts";

export const botId = 5_000;
const tx: Transaction = { run: async () => Promise.reject(new Error("there is no graph here")) };
const unitOfWork: UnitOfWork = { write: (work) => work(tx), read: (work) => work(tx), writeOne: tx.run };
const silent = pino({ level: "silent" });

/**
 * A GitHub of which nothing is known but trees, green checks, labels, and that every account asked for is no person: what the
 * handlers read for one decision.
 */
function fakeGitHub(tree: string, labels: readonly string[]): GitHubClient {
  const rest = {
    checks: { listForRef: {} },
    repos: { getCombinedStatusForRef: async () => ({ data: { state: "pending", total_count: 0 } }) },
    git: { getCommit: async () => ({ data: { tree: { sha: tree } } }) },
    pulls: { listReviewComments: async () => ({ data: [] }) },
    users: { getByUsername: async () => ({ data: { id: 77, login: "acme", type: "Organization" } }) },
    issues: { listLabelsOnIssue: async () => ({ data: labels.map((name) => ({ name })) }) },
  };
  return z.custom<GitHubClient>().parse({ rest, paginate: async () => [] });
}

/** One story or one task in memory, behind the real use cases and handlers: a cell of the closure test. */
export function memoryFleet(given: {
  readonly story?: Story;
  readonly task?: Task;
  readonly roles: RoleAnswer;
  /** The labels that the issue or pull request has now. */
  readonly labels?: readonly string[];
  /** How the tokens stand that are limited. */
  readonly tokens?: readonly BudgetAccount[];
}) {
  let { story, task } = given;
  const writes: WriteTarget[] = [];
  const stories: Stories = {
    load: async (_, id) => (story?.id === id ? story : null),
    loadForChange: async (_, id) => (story?.id === id ? story : null),
    find: async () => (story === undefined ? [] : [story]),
    loadOrCreate: async (_, created) => {
      const before = story;
      story ??= created;
      return { story, created: before === undefined };
    },
    save: async (_, before, after) => {
      story = { ...after, version: before.version + 1 };
    },
    saveAlone: async (_, before, after) => {
      story = { ...after, version: before.version + 1 };
    },
    mendTexts: async () => [],
    history: async () => [],
  };
  const tasks: Tasks = {
    load: async (_, id) => (task?.id === id ? task : null),
    loadForChange: async (_, id) => (task?.id === id ? task : null),
    find: async (_, filter) => {
      const fits =
        task !== undefined &&
        (filter.storyId === undefined || filter.storyId === task.storyId) &&
        (filter.issueNumber === undefined || filter.issueNumber === task.issueNumber) &&
        (filter.pullRequest === undefined || filter.pullRequest === task.pullRequest) &&
        (filter.branch === undefined || filter.branch === task.branch);
      return fits && task !== undefined ? [task] : [];
    },
    lockStories: async () => {},
    findForChange: async () => (task === undefined ? [] : [task]),
    create: async () => [],
    save: async (_, before, after) => {
      task = { ...after, version: before.version + 1 };
    },
    history: async () => [],
  };
  const clock = () => Date.parse("2026-03-01T12:00:00.000Z");
  const shared = { graph: unitOfWork, newId: createNewId(clock), clock, events: async () => {} };
  const planning: PlanningDeps = {
    ...shared,
    stories,
    tasks: async () => (task === undefined ? [] : [{ ...task }]),
    decisions: {
      create: async () => {},
      judge: async () => {},
      load: async () => null,
      numbered: async () => null,
      lastNumber: async () => 0,
      ofStory: async () => [],
    },
    epics: { loadForChange: async () => null, save: async () => {} },
    ceremonies: {
      create: async () => {},
      load: async () => null,
      loadForChange: async () => null,
      save: async () => {},
      ofStory: async () => [],
      find: async () => [],
      history: async () => [],
    },
  };
  const policy = { start: "command", available: true, maxRounds: 3 } as const;
  const workflow: WorkflowDeps = {
    ...shared,
    tasks,
    stories: createFindStoryFacts(stories),
    storiesInExecution: async () => [],
    storyLimit: async () => null,
    councilPolicy: async () => policy,
    councilAtWork: async () => false,
    sla: async () => defaultSla,
    firstTime: async () => true,
  };
  const octokit = fakeGitHub(task?.headTree ?? "none", given.labels ?? []);
  const deps: AppDeps = {
    planning: bindPlanning(planning, {}, 1),
    workflow: bindWorkflow(workflow),
    councils: {
      requestPlan: async () => {},
      requestAdvice: async () => ({ kind: "requested", deliberationId: "a" }),
      stop: async () => [],
      ofStory: async () => [],
      budgetAccounts: async () => given.tokens ?? [],
      allowMore: async () => {},
    },
    contextOf: async () => emptyContext,
    sessionOf: async () => null,
    answered: { has: async () => false, add: async () => {} },
    councilPolicy: async () => policy,
    rolesOf: async () => given.roles,
    configurations: {
      of: async () => ({ configuration: defaultConfiguration, sha: null, problems: [] }),
      invalidate: () => {},
      mentions: async () => false,
    },
    forgetRoles: () => {},
    repositories: {
      of: async () => null,
      in: async () => [],
      all: async () => [],
      paused: async () => [],
      save: async () => {},
    },
    octokitFor: async () => octokit,
    appOctokit: async () => octokit,
    identityOf: async () => ({ appId: 1, slug: "fleet", botId }),
    write: async (target) => void writes.push(target),
    clock,
    log: silent,
  };
  return {
    writes,
    story: () => story,
    task: () => task,
    send: (event: keyof typeof handlers, payload: object) => handlers[event](deps, { id: "d-1", payload }),
    /** What the person got to see: a refusal's reason, `answered`, `done` for a reaction, `silent` for nothing. */
    reply(): string {
      const replies = writes.filter((target) => target.kind === "reply");
      if (replies.length > 1) return `${replies.length} replies`;
      const [reply] = replies;
      if (reply !== undefined) return /reason: `([a-z-]+)`/.exec(reply.text)?.[1] ?? "answered";
      return writes.some((target) => target.kind === "reaction" && target.content === "rocket") ? "done" : "silent";
    },
  };
}
