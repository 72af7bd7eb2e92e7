import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findDecisions } from "../../src/planning/application/record-decision.ts";
import { type StoryWorld, shop, startStoryWorld } from "./support/story-world.ts";

let at: StoryWorld;
let story: number;
let pull: number;
beforeAll(async () => {
  at = await startStoryWorld();
});
afterAll(async () => {
  expect(at.world.github.unknownRoutes).toEqual([]);
  await at.close();
});
beforeEach(async () => {
  story = await at.storyWithTasks();
  pull = (await at.handIn(story)).pullRequest ?? 0;
});

const state = async () => (await at.taskOf(story)).state;
const decided = async () =>
  (await findDecisions(at.fleet.planning, (await at.storyOf(story)).id)).map(({ title }) => title);
/** What was said: the reasons of refusals, else the words without the marker. */
const told = (said: readonly string[]) =>
  said.map((text) => /reason: `([a-z-]+)`/.exec(text)?.[1] ?? text.replace(/^<!--.*-->\n/, "").split("\n")[0]);

async function review(login: string, event: "APPROVE" | "REQUEST_CHANGES" | "COMMENT", body: string) {
  let id = 0;
  const said = await at.during(pull, async () => {
    const { data } = await at.world.as(login).rest.pulls.createReview({ ...shop, pull_number: pull, event, body });
    id = data.id;
  });
  return { id, told: told(said) };
}

const lastDelivery = (event: string) => {
  const found = at.fleet.deliveries.filter((each) => each.event === event).at(-1);
  if (found === undefined) throw new Error(`no ${event} was delivered`);
  return found;
};
const again = (delivery: { id: string; event: string; rawBody: string }, id = delivery.id) =>
  at.during(pull, () => at.fleet.receive({ ...delivery, id }));

describe("commands in the text of a review", () => {
  test("are run as those of a comment, once, and each outcome is told on the pull request", async () => {
    const { told } = await review(
      "arno",
      "COMMENT",
      "Looks good so far.\n\n/decide Dates are UTC.\n/aprove\n/submit\n\n    /approve",
    );
    expect(told).toEqual([
      "`/decide` is done.",
      "There is no command `/aprove`. Did you mean `/approve`? `/help` lists what you may do here.",
      "wrong-place",
    ]);
    expect(await decided()).toEqual(["Dates are UTC."]);
    expect(await state()).toBe("pending-arch-review");
    const delivery = lastDelivery("pull_request_review");
    expect(await again(delivery)).toEqual([]);
    expect(await again(delivery, "another-id")).toEqual([]);
    expect(await decided()).toHaveLength(1);
  });

  test("of somebody without a role are refused, whatever kind of review it is", async () => {
    expect((await review("guest", "COMMENT", "/decide Dates are local.")).told).toEqual(["role-missing"]);
    expect((await review("guest", "APPROVE", "/approve")).told).toEqual(["role-missing"]);
    expect(await state()).toBe("pending-arch-review");
  });

  test("decide like a comment's in a review that only comments", async () => {
    expect((await review("arno", "COMMENT", "/approve")).told).toEqual(["`/approve` is done."]);
    expect(await state()).toBe("pending-qa");
  });

  test("say nothing twice: the verdict that the review is itself is not given at the next gate, too", async () => {
    // Who judges at both gates would pass both by one review.
    const { data: file } = await at.world.as("olga").rest.repos.getContent({ ...shop, path: ".github/fleet.yml" });
    const write = async (text: string, sha: string) => {
      const content = Buffer.from(text).toString("base64");
      const { data } = await at.world.as("olga").rest.repos.createOrUpdateFileContents({
        ...shop,
        path: ".github/fleet.yml",
        message: "Roles",
        content,
        sha,
      });
      await at.fleet.settle();
      return data.content?.sha ?? "";
    };
    const before = "content" in file ? Buffer.from(file.content, "base64").toString() : "";
    const sha = await write(before.replace("qa: [quinn]", "qa: [quinn, arno]"), "sha" in file ? file.sha : "");
    expect((await review("arno", "APPROVE", "/approve\n/decide Dates are UTC.")).told).toEqual(["`/decide` is done."]);
    expect(await state()).toBe("pending-qa");
    expect(await again(lastDelivery("pull_request_review"), "another-id")).toEqual([]);
    expect(await state()).toBe("pending-qa");
    // The other verdict is another request, and is told why it is not possible.
    expect((await review("arno", "REQUEST_CHANGES", "/reject\nCriterion 2 is not met.\n/approve")).told).toEqual([
      "not-in-this-state",
    ]);
    expect(await state()).toBe("qa-failed");
    await write(before, sha);
  });

  test("that an edit adds are run, and no others", async () => {
    const { id } = await review("arno", "COMMENT", "/decide Dates are UTC.");
    const edit = (body: string) =>
      at.during(pull, () =>
        at.world.as("arno").rest.pulls.updateReview({ ...shop, pull_number: pull, review_id: id, body }),
      );
    expect(told(await edit("/decide Dates are UTC.\n\n/claim"))).toEqual(["`/claim` is done."]);
    expect(await decided()).toHaveLength(1);
    expect(await state()).toBe("arch-reviewing");
    expect(await again(lastDelivery("pull_request_review"), "another-id")).toEqual([]);
    expect(await edit("Nothing any more.")).toEqual([]);
  });

  test("judge a proposed decision by its name, beside the review's own verdict; both are linked to what they affect", async () => {
    const { issueNumber, headSha, headTree } = await at.taskOf(story);
    const file = `src/${story}-1.ts`;
    const proposal = await at.say("dev", pull, `/decide Totals are whole cents, see ${file} and src/gone.ts.`);
    const affected = `task 1 #${issueNumber} · #${pull} · ${headSha} · \`${file}\``;
    expect(proposal[0]).toContain(`It affects ${affected}. It holds`);
    await at.during(pull, () =>
      at.world.as("arno").rest.pulls.createReview({
        ...shop,
        pull_number: pull,
        event: "APPROVE",
        body: "/approve D1\n/approve",
      }),
    );
    expect(await state()).toBe("pending-qa");
    await at.during(pull, () =>
      at.world.as("quinn").rest.pulls.createReview({
        ...shop,
        pull_number: pull,
        event: "REQUEST_CHANGES",
        body: "Criterion 1 is not met.",
        comments: [{ path: file, line: 1, body: "Here." }],
      }),
    );
    const decisions = await findDecisions(at.fleet.planning, (await at.storyOf(story)).id);
    const affects = { pullRequest: pull, commit: { sha: headSha, tree: headTree }, files: [file] };
    expect(decisions).toMatchObject([
      { number: 1, category: "stated", status: "approved", judgement: { by: { login: "arno" } }, affects },
      { number: 2, category: "review", author: { login: "arno" }, affects: { ...affects, files: [] } },
      { number: 3, category: "review", title: "Tests rejected: Criterion 1 is not met.", affects },
    ]);
    expect((await at.botComments(story)).map(({ body }) => body).join()).toContain(
      `(by \`@dev\`, approved by \`@arno\`; ${affected})`,
    );
  });

  test("that brings the branch up to date says in words that it is done", async () => {
    expect((await review("dev", "COMMENT", "/rebase")).told).toEqual(["`/rebase` is done."]);
  });
});

describe("commands beside a line of a change", () => {
  async function beside(login: string, body: string): Promise<number> {
    const { headSha } = await at.taskOf(story);
    const { data } = await at.world.as(login).rest.pulls.createReviewComment({
      ...shop,
      pull_number: pull,
      commit_id: headSha ?? "",
      path: `src/${story}-1.ts`,
      line: 1,
      body,
    });
    return data.id;
  }
  const reactions = async (comment_id: number) =>
    (await at.world.as("olga").rest.reactions.listForPullRequestReviewComment({ ...shop, comment_id })).data.map(
      ({ content }) => content,
    );

  test("get 👀 and their outcome, on the comment or in a reply", async () => {
    let id = 0;
    const done = async () => {
      id = await beside("arno", "/decide Dates are UTC.");
    };
    expect(await at.during(pull, done)).toEqual([]);
    expect(await reactions(id)).toEqual(["eyes", "rocket"]);
    expect(await decided()).toEqual(["Dates are UTC."]);
    // GitHub makes a review of each comment and tells of both: neither is answered a second time, nor is it a verdict.
    const heard = at.fleet.deliveries.filter(({ event }) => event.startsWith("pull_request_review")).slice(-2);
    expect(heard.map(({ event }) => event)).toEqual(["pull_request_review", "pull_request_review_comment"]);
    expect(await state()).toBe("pending-arch-review");
    const refused = async () => {
      id = await beside("guest", "/approve");
    };
    expect(told(await at.during(pull, refused))).toEqual(["role-missing"]);
    expect(await reactions(id)).toEqual(["eyes"]);
    expect(await again(lastDelivery("pull_request_review_comment"), "another-id")).toEqual([]);
  });

  test("that an edit adds are run; a remark without a command is nobody's request", async () => {
    let id = 0;
    const remark = async () => {
      id = await beside("arno", "Why a second time?");
    };
    expect(await at.during(pull, remark)).toEqual([]);
    expect(await reactions(id)).toEqual([]);
    const body = "Why a second time?\n\n/claim";
    const edit = () => at.world.as("arno").rest.pulls.updateReviewComment({ ...shop, comment_id: id, body });
    expect(await at.during(pull, edit)).toEqual([]);
    expect([await state(), await reactions(id)]).toEqual(["arch-reviewing", ["eyes", "rocket"]]);
  });

  test("in a review that is submitted with them are run like the others", async () => {
    const said = await at.during(pull, () =>
      at.world.as("arno").rest.pulls.createReview({
        ...shop,
        pull_number: pull,
        event: "REQUEST_CHANGES",
        body: "Criterion 2 is not met by it.",
        comments: [{ path: `src/${story}-1.ts`, line: 1, body: "/decide Totals are never negative." }],
      }),
    );
    expect(said).toEqual([]);
    expect([await state(), await decided()]).toEqual([
      "arch-rejected",
      ["Design rejected: Criterion 2 is not met by it.", "Totals are never negative."],
    ]);
  });
});
