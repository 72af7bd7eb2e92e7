import { expect, it } from "vitest";
import { createRoadDeliveries } from "../../../src/cli/bench/road-deliveries.ts";
import { issuesPayload } from "../../../src/github/translate/issue-payloads.ts";

const place = {
  installation: 3,
  repository: { id: 100, owner: "acme", name: "shop" },
  sender: { id: 7, login: "olga" },
};

it("the road's deliveries are what GitHub would send, each newer than the one before, an edit with another text", () => {
  const deliver = createRoadDeliveries(place, { title: "Sort", body: "As a user" }, Date.UTC(2026, 0, 1));
  const deliveries = [deliver("open", 1), deliver("submit", 1), deliver("edit", 1), deliver("edit", 1)];
  expect(new Set(deliveries.map(({ id }) => id)).size).toBe(4);
  const payloads = deliveries.map(({ rawBody }) => issuesPayload.parse(JSON.parse(rawBody)));
  expect(payloads.map(({ action, label }) => [action, label?.name])).toEqual([
    ["opened", undefined],
    ["labeled", "story/po-review"],
    ["edited", undefined],
    ["edited", undefined],
  ]);
  expect(payloads[1]?.issue.labels.map(({ name }) => name)).toContain("story/po-review");
  const times = payloads.map(({ issue }) => issue.updated_at);
  expect(times).toEqual([...new Set(times)].toSorted());
  expect(new Set(payloads.map(({ issue }) => issue.body)).size).toBe(3);
});

it("a story's edit holds in the deliveries that follow, and only in its own", () => {
  const deliver = createRoadDeliveries(place, { title: "Sort", body: "As a user" }, 0);
  const bodyOf = (rawBody: string) => issuesPayload.parse(JSON.parse(rawBody)).issue.body;
  const edited = bodyOf(deliver("edit", 1).rawBody);
  expect(bodyOf(deliver("approve", 1).rawBody)).toBe(edited);
  expect(bodyOf(deliver("approve", 2).rawBody)).toBe("As a user");
});
