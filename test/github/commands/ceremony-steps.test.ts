import { describe, expect, it } from "vitest";
import { ceremonyUsages, readCeremonyStep } from "../../../src/github/commands/ceremony-steps.ts";

const steps = ceremonyUsages.join(", ");

describe("/ceremony [step]", () => {
  it.each([
    ["", { name: "start", text: "" }],
    ["start", { name: "start", text: "" }],
    [" Milestone ", { name: "milestone", text: "" }],
    ["draft", { name: "draft", text: "" }],
    ["add 14", { name: "add", issue: 14 }],
    ["add #14", { name: "add", issue: 14 }],
    ["remove\n14", { name: "remove", issue: 14 }],
    ["approve", { name: "approve", text: "" }],
    ["reject The limit is not named.", { name: "reject", text: "The limit is not named." }],
    ['reject "The limit is not named."', { name: "reject", text: "The limit is not named." }],
    ["reject “Say it.\nTwice.”", { name: "reject", text: "Say it.\nTwice." }],
    ["complete", { name: "complete", text: "" }],
    ["cancel Too early.", { name: "cancel", text: "Too early." }],
  ])("reads %j", (argument, value) => {
    expect(readCeremonyStep(argument)).toEqual({ ok: true, value });
  });

  it.each([
    ["sprint", `"sprint" is no step; the steps are ${steps}.`],
    [`x${"y".repeat(60)}`, `"x${"y".repeat(38)}…" is no step; the steps are ${steps}.`],
    ["add", '"" is no issue\'s number.'],
    ["add me", '"me" is no issue\'s number.'],
    ["remove -1", '"-1" is no issue\'s number.'],
    ["complete it", 'complete takes nothing behind it; "it" stands there.'],
    ["constructor", `"constructor" is no step; the steps are ${steps}.`],
  ])("refuses %j", (argument, problem) => {
    expect(readCeremonyStep(argument)).toEqual({ ok: false, problem });
  });

  it("lists its steps", () => {
    expect(ceremonyUsages.join(", ")).toBe(
      "start, milestone, draft, add <issue>, remove <issue>, approve [why], reject <why>, complete, cancel [why], help",
    );
  });
});
