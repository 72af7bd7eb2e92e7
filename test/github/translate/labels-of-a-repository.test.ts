import { describe, expect, test } from "vitest";
import { botId, memoryFleet } from "../support/memory-fleet.ts";

const common = (sender: number) => ({
  installation: { id: 11 },
  repository: { id: 100, name: "shop", owner: { login: "acme" } },
  sender: { id: sender, login: "olga" },
});
const ref = { installation: 11, repository: 100, owner: "acme", repo: "shop" };

describe("the label set is made right", () => {
  test.each([
    ["deleted", { name: "story/draft" }, undefined],
    ["edited", { name: "Fleet:Story" }, undefined],
    ["edited", { name: "writing", description: "The story is being written. [story/draft]" }, undefined],
    ["edited", { name: "writing", description: "mine" }, { name: { from: "story/draft" } }],
  ])("after somebody has %s %o", async (action, label, changes) => {
    const fleet = memoryFleet({ roles: { known: true, roles: [] } });
    await fleet.send("label", { ...common(99), action, label, changes });
    expect(fleet.writes).toEqual([{ kind: "labels", ref }]);
  });

  test("not for other labels, nor after the App itself", async () => {
    const fleet = memoryFleet({ roles: { known: true, roles: [] } });
    await fleet.send("label", { ...common(99), action: "edited", label: { name: "bug" }, changes: {} });
    await fleet.send("label", { ...common(botId), action: "edited", label: { name: "story/draft" } });
    expect(fleet.writes).toEqual([]);
  });
});
