import { describe, expect, it } from "vitest";
import { dockerfileProblems, yamlProblems } from "../../../../src/execution/domain/dry-runs/file-problems.ts";

describe("YAML", () => {
  it("is well-formed, in one document and in several", () => {
    expect(yamlProblems("a: &x 1\n---\nb: [1, 2]\n")).toEqual([]);
    expect(yamlProblems("")).toEqual([]);
  });

  it("is not, and says in which line", () => {
    expect(yamlProblems("services:\n  web:\n\timage: x\n")[0]).toMatch(/^line 3: .*tab/i);
    expect(yamlProblems("a: 1\n---\nb: 1\nb: 2\n")).toEqual(["line 4: Map keys must be unique"]);
    expect(yamlProblems("a: [1, 2")[0]).toMatch(/^line 1: /);
  });

  it.each([
    ["in brackets", "[".repeat(90_000)],
    ["in brackets that strings seem to close", '["]", '.repeat(30_000)],
    ["in maps", "{a: ".repeat(40_000)],
    ["in sequences of one line", "- ".repeat(90_000)],
    ["in explicit keys", "? ".repeat(90_000)],
    ["by indentation", Array.from({ length: 600 }, (_, at) => `${" ".repeat(at)}a:`).join("\n")],
  ])("that is nested without an end %s ends the reading, not the process", (_, text) => {
    expect(yamlProblems(text)).toEqual(["it is nested too deeply"]);
  });

  it("of usual depth is read", () => {
    expect(yamlProblems(Array.from({ length: 60 }, (_, at) => `${"  ".repeat(at)}a:`).join("\n"))).toEqual([]);
    expect(yamlProblems(`a: ${"[".repeat(60)}${"]".repeat(60)}`)).toEqual([]);
  });
});

describe("a Dockerfile", () => {
  it("is understood with what builders of today know", () => {
    const text =
      "# syntax=docker/dockerfile:1\nFROM node:20 AS a\nRUN --mount=type=cache,target=/x <<EOF\nnpm i\nEOF\nCOPY --link a b\n";
    expect(dockerfileProblems(text)).toEqual([]);
  });

  it("is not, and says in which line; advice is none", () => {
    expect(dockerfileProblems("FROM node\nWORKDIR app\nRUNN x\nEXPOSE y\n")).toEqual([
      "line 3: Unknown instruction: RUNN",
      "line 4: Invalid containerPort: y",
    ]);
  });
});
