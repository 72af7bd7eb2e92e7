import { expect, test } from "vitest";
import { createNormalise } from "../../../../src/cli/demo/transcript/normalise.ts";
import { renderTranscript } from "../../../../src/cli/demo/transcript/render-transcript.ts";

const picture = (step: number) =>
  `<details><summary>Step ${step} of 2: the road</summary>\n\n\`\`\`mermaid\n  s0: a\n  class s${step} now\n\`\`\`\n\n</details>`;

test("a scene quotes what is new or changed, and a folded part once", () => {
  const labels = { key: "1-labels", title: "labels of issue #1", text: "`story/draft`" };
  const comment = (step: number) => ({
    key: "1-comment-0",
    title: "comment on issue #1",
    text: `Now\n\n${picture(step)}`,
  });
  const scenes = [
    { act: null, pieces: [] },
    { act: { who: "olga", what: "opens the story" }, pieces: [labels, comment(1)] },
    { act: { who: "arno", what: "requests changes: “Name it: once.”" }, pieces: [labels, comment(2)] },
  ];
  expect(renderTranscript(scenes, "a local GitHub")).toMatchSnapshot();
});

test("what differs between two runs is made the same", () => {
  const normalise = createNormalise();
  const [a, b] = ["a".repeat(40), "b".repeat(40)];
  const text = [
    "<!-- fleet:story -->",
    "> [!NOTE]",
    "> **Simulated**: yes",
    `Merged as \`${a}\` on \`${b.slice(0, 7)}\`, at 2031-12-24 10:05, see http://127.0.0.1:4711/x`,
    "3 members · 1 token · 1 h 2 min · 3 min 4 s",
    "3 members · 1 token · 12 s",
    "Sandbox: trusted.",
    "```text\nstack\n  of a failure\n```",
    "criterion 2: Expected values to be strictly equal: + actual - expected",
    "<!-- fleet:hash 0123456789abcdef -->",
  ].join("\n");
  expect(normalise(text)).toMatchSnapshot();
  expect(normalise(`\`${b}\` is \`c0ffee\``)).toBe("`c0ffe02` is `c0ffee`");
});
