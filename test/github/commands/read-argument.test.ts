import { expect, test } from "vitest";
import {
  readAssignee,
  readDecision,
  readMembers,
  readMore,
  readRole,
} from "../../../src/github/commands/read-argument.ts";

test.each([
  ["", undefined],
  ["1", 1],
  ["7", 7],
  ["--members 5", 5],
  ["--members=5", 5],
])("/council %s", (argument, value) => {
  expect(readMembers(argument)).toEqual({ ok: true, value });
});

test.each(["0", "8", "99999", "-1", "2.5", "three", "5 please", "--members", "５", "1e0", "x".repeat(500)])(
  "/council %s is explained",
  (argument) => {
    const read = readMembers(argument);
    expect(read).toMatchObject({ ok: false, problem: expect.stringContaining("1 to 7 members") });
    expect(read.ok ? "" : read.problem.length).toBeLessThan(120);
  },
);

test.each([
  ["", undefined],
  ["qa", "qa"],
  ["QA", "qa"],
  ["--role devops", "devops"],
])("/context %s", (argument, value) => {
  expect(readRole(argument)).toEqual({ ok: true, value });
});

test.each(["system", "product-owner", "boss", "--role", "qa developer"])("/context %s is explained", (argument) => {
  expect(readRole(argument)).toMatchObject({ ok: false, problem: expect.stringContaining("the roles are") });
});

test.each([
  ["", undefined],
  [" +50000 ", { unit: "tokens", amount: 50_000 }],
  ["+50,000", { unit: "tokens", amount: 50_000 }],
  ["+ 1_000_000", { unit: "tokens", amount: 1_000_000 }],
  ["+1000000000", { unit: "tokens", amount: 1_000_000_000 }],
  ["+60min", { unit: "minutes", amount: 60 }],
  ["+ 1,000 Minutes", { unit: "minutes", amount: 1_000 }],
  ["+1 minute", { unit: "minutes", amount: 1 }],
])("/budget %s", (argument, value) => {
  expect(readMore(argument)).toEqual({ ok: true, value });
});

test.each([
  "50000",
  "+0",
  "-5",
  "+",
  "+,",
  "+1.5",
  "+1e9",
  "+1000000001",
  "+five",
  "+0min",
  "+5m",
  "60min",
  "+5 please",
  "+٥",
  "x".repeat(500),
])("/budget %s is explained", (argument) => {
  const read = readMore(argument);
  expect(read).toMatchObject({ ok: false, problem: expect.stringContaining("+1 to +1,000,000,000") });
  expect(read.ok ? "" : read.problem.length).toBeLessThan(160);
});

test.each([
  ["council", { kind: "council", members: undefined }],
  ["Council 5", { kind: "council", members: 5 }],
  ["@octo-cat", { kind: "person", login: "octo-cat" }],
  ["octocat", { kind: "person", login: "octocat" }],
])("/assign %s", (argument, value) => {
  expect(readAssignee(argument)).toEqual({ ok: true, value });
});

test.each(["", "@org/all", "-cat", "cat-", "a--b", "two people", "@a @b", "x".repeat(40), "council 9", "ca\u200Bt"])(
  "/assign %j is explained",
  (argument) => {
    expect(readAssignee(argument).ok).toBe(false);
  },
);

test.each([
  ["D3", { number: 3, why: "" }],
  ["d12 it is so", { number: 12, why: "it is so" }],
  ["D3.", { number: 3, why: "" }],
  ["D3: the shop has\ntwo clocks", { number: 3, why: "the shop has\ntwo clocks" }],
  ["decision 3, please", { number: 3, why: "please" }],
  ["Decision #D3", { number: 3, why: "" }],
])("a decision is named by %j", (argument, named) => {
  expect(readDecision(argument)).toEqual(named);
});

test.each(["", "D", "D3x", "D3.js is wrong", "D3-migration breaks", "D12345", "the plan; see D3", "decision"])(
  "no decision is named by %j",
  (argument) => {
    expect(readDecision(argument)).toBeNull();
  },
);
