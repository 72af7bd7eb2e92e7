import { expect } from "vitest";
import type { Post, Road } from "./inspect-road.ts";

/** The demo's story is done, and nothing on its road is doubled or lost. */
export function expectSingleRoad(road: Road): void {
  expect(road.stories, "story issues").toBe(1);
  expect(road.story.state).toBe("closed");
  expect(road.story.labels).toEqual(expect.arrayContaining(["fleet:story", "story/done"]));
  expect(
    road.story.labels.filter((label) => label.startsWith("story/")),
    "state labels",
  ).toHaveLength(1);
  expect([...road.story.comments.keys()]).toContain("story");
  expectNoDoubles(road.story);

  expect(road.tasks, "task issues").toHaveLength(1);
  expect(road.subIssues, "sub-issues of the story").toBe(1);
  for (const task of road.tasks) {
    expect(task.state).toBe("closed");
    expectNoDoubles(task);
  }

  expect(road.pulls, "pull requests").toHaveLength(1);
  for (const pull of road.pulls) {
    expect(pull.merged).toBe(true);
    expect(road.merges).toEqual([pull.mergeSha]);
    expect(pull.commits, "one commit a round, each with its trailer").toEqual([
      expect.stringMatching(/-r1$/),
      expect.stringMatching(/-r2$/),
    ]);
    expect(pull.checkRuns).toEqual(["fleet/council", "fleet/gate"]);
    expect([...pull.comments.keys()]).toContain("pull-request");
    expectNoDoubles(pull);
  }

  expect(road.chains.map(({ states }) => states.at(-1))).toEqual(["done", "done"]);
  for (const { of, states, unbroken } of road.chains) expect(unbroken, `${of}: ${states.join(" → ")}`).toBe(true);
  expect(
    road.chains.map(({ states }) => states.filter((state) => state === "done").length),
    "each is done once",
  ).toEqual([1, 1]);
  expect(road.unpublished, "events that nobody was told of").toBe(0);
}

function expectNoDoubles({ number, comments, reviews }: Post): void {
  for (const [marker, texts] of [...comments, ...reviews]) {
    expect(texts, `#${number}: texts of the App marked “${marker}”`).toHaveLength(1);
    expect(marker, `#${number}: every text of the App has its place`).not.toBe("no marker");
  }
}
