import { expect, it } from "vitest";
import type { CodeSource } from "../../src/context/application/ports.ts";
import { chooseAhead, chooseOnce, createChoices } from "../../src/wiring/choose-ahead.ts";

const facts = {
  story: {
    title: "Round totals",
    body: "As a shop I want cents.",
    criteria: [{ number: 1, text: "Then 1.005 is 1.01" }],
  },
  task: { title: "Round", description: "password=hunter2hunter2", covers: [1] },
  feedback: ["qa: half a cent is lost"],
};

function aSource(fails = false) {
  const asked: string[] = [];
  const source: CodeSource = {
    commit: "c".repeat(40),
    async choose(about) {
      asked.push(about);
      if (fails) throw new Error("gone");
      return { chosen: [], over: [] };
    },
    texts: async () => new Map(),
  };
  return { asked, source: chooseOnce(source, createChoices(), "7") };
}

const redact = async (text: string) => ({ text: text.replace(/hunter\w+/, "[redacted]"), found: [] });

it("chooses once for all who are told the same, and for each who is told something else", async () => {
  const { asked, source } = aSource();
  const both = await Promise.all([source.choose("a"), source.choose("a")]);
  expect(both[0]).toBe(both[1]);
  await source.choose("b");
  expect(asked).toEqual(["a", "b"]);
});

it("begins with what the reader will be told, without secrets, and only for who is shown code", async () => {
  const { asked, source } = aSource();
  await chooseAhead(source, facts, { role: "developer", phase: "build", redact });
  expect(asked).toEqual(["Round totals\nRound\npassword=[redacted]\nThen 1.005 is 1.01\nqa: half a cent is lost"]);
  const other = aSource();
  await chooseAhead(other.source, facts, { role: "architect", phase: "design", redact });
  expect(other.asked).toEqual([]);
});

it("leaves what goes wrong to whoever waits for it", async () => {
  const { asked, source } = aSource(true);
  await chooseAhead(source, facts, { role: "developer", phase: "build", redact });
  const unreadable = () => Promise.reject(new Error("no rules"));
  await chooseAhead(source, facts, { role: "developer", phase: "build", redact: unreadable });
  await expect(source.choose("x")).rejects.toThrow("gone");
  await expect(source.choose("x")).rejects.toThrow("gone");
  expect(asked.filter((about) => about === "x")).toHaveLength(2);
});
