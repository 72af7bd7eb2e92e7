import { describe, expect, it } from "vitest";
import { composeCouncil } from "../../../src/deliberation/domain/council.ts";
import {
  type DeliberationStatus,
  deliberationStatuses,
  isAhead,
  isDeliberationStatus,
  isFinalStatus,
} from "../../../src/deliberation/domain/deliberation-status.ts";

const settings = { members: 3, models: [], temperatures: [] };

describe("a council", () => {
  it("takes different models first", () => {
    const served = ["a", "b", "c"].map((model) => ({ host: "h", model }));
    expect(composeCouncil(served, settings)).toEqual([
      { number: 1, model: "a", host: "h", temperature: 0.2, slice: "core" },
      { number: 2, model: "b", host: "h", temperature: 0.7, slice: "tests" },
      { number: 3, model: "c", host: "h", temperature: 1, slice: "wide" },
    ]);
  });

  it("gives one model different temperatures, on one host", () => {
    const served = [
      { host: "h1", model: "a" },
      { host: "h2", model: "a" },
    ];
    const council = composeCouncil(served, { ...settings, members: 7 });
    expect(new Set(council.map(({ temperature }) => temperature)).size).toBe(7);
    expect(new Set(council.map(({ host }) => host))).toEqual(new Set(["h1"]));
  });

  it("keeps to the repository's models and temperatures", () => {
    const served = [
      { host: "h", model: "a" },
      { host: "h", model: "b" },
    ];
    const council = composeCouncil(served, { members: 2, models: ["b", "gone"], temperatures: [0] });
    expect(council.map(({ model, temperature }) => [model, temperature])).toEqual([
      ["b", 0],
      ["b", 0.7],
    ]);
  });

  it("is empty when nothing that may be used is served", () => {
    expect(composeCouncil([], settings)).toEqual([]);
    expect(composeCouncil([{ host: "h", model: "a" }], { ...settings, models: ["b"] })).toEqual([]);
  });
});

describe("statuses", () => {
  const all = Object.keys(deliberationStatuses).filter(isDeliberationStatus);

  it("all lead to an end, and never back", () => {
    for (const status of all) {
      if (!isFinalStatus(status)) expect(isAhead(status, "completed")).toBe(true);
      for (const other of all) expect(isAhead(status, other) && isAhead(other, status)).toBe(false);
    }
  });

  it.each<[DeliberationStatus, DeliberationStatus, boolean]>([
    ["queued", "completed", true],
    ["checking", "drafting", false],
    ["completed", "failed", false],
    ["drafting", "drafting", false],
  ])("%s → %s: %s", (from, to, ahead) => expect(isAhead(from, to)).toBe(ahead));

  it("are a closed list", () => expect(isDeliberationStatus("paused")).toBe(false));
});
