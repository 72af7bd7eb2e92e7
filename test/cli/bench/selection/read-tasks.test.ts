import { describe, expect, it } from "vitest";
import { parseTasks, readTasks } from "../../../../src/cli/bench/selection/read-tasks.ts";

const text = `# Tasks

## half

Half of a number,
rounded down.

\`\`\`python
def half(a):
    return a // 2
\`\`\`

\`\`\`visible
half(2) => 1
\`\`\`

\`\`\`hidden
half(3) => 1

half(0) => 0
\`\`\`
`;

describe("the bundled tasks", () => {
  it("are at least sixty, each with one to three visible tests and more hidden ones", async () => {
    const tasks = (await Promise.all((["javascript", "python", "go"] as const).map(readTasks))).flat();
    expect(tasks.length).toBeGreaterThanOrEqual(60);
    for (const { name, visible, hidden } of tasks) {
      expect([name, visible.length >= 1 && visible.length <= 3]).toEqual([name, true]);
      expect([name, hidden.length >= 4 && hidden.length > visible.length]).toEqual([name, true]);
    }
    expect(new Set(tasks.map(({ language, name }) => `${language} ${name}`)).size).toBe(tasks.length);
  });

  it("are read from Markdown", () => {
    expect(parseTasks("python", text)).toEqual([
      {
        language: "python",
        name: "half",
        statement: "Half of a number, rounded down.",
        solution: "def half(a):\n    return a // 2\n",
        visible: [{ call: "half(2)", value: "1" }],
        hidden: [
          { call: "half(3)", value: "1" },
          { call: "half(0)", value: "0" },
        ],
      },
    ]);
  });

  it("must be whole", () => {
    expect(() => parseTasks("python", text.replace("visible", "other"))).toThrow("half has no visible");
    expect(() => parseTasks("python", text.replace(" => 1", ""))).toThrow('No "call => value": half(2)');
  });
});
