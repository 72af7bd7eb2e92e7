import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { storyLabel } from "../present/label-set.ts";
import { codeSpan } from "../present/safe-text.ts";

/** The issue forms that are offered: where GitHub looks for each, and its file here. */
export const issueForms = {
  story: { path: ".github/ISSUE_TEMPLATE/fleet-story.yml", file: "./fleet-story.yml" },
  epic: { path: ".github/ISSUE_TEMPLATE/fleet-epic.yml", file: "./fleet-epic.yml" },
} as const;

export type IssueForm = (typeof issueForms)[keyof typeof issueForms];

/** The text of an issue form; `storyName` is the name that the label of stories has in the repository. */
export function readIssueForm(form: IssueForm, storyName: string = storyLabel): string {
  const text = readFileSync(new URL(form.file, import.meta.url), "utf8");
  // A JSON string is one of YAML's, too.
  return text.replace(JSON.stringify(storyLabel), () => JSON.stringify(storyName));
}

const formFields = z.object({
  body: z.array(z.object({ id: z.string().optional(), attributes: z.object({ label: z.string().optional() }) })),
});

let known: readonly string[] | null = null;

/** The headings that GitHub makes of the story form's fields, in their order. */
function storyHeadings(): readonly string[] {
  known ??= formFields
    .parse(parse(readIssueForm(issueForms.story)))
    .body.flatMap(({ id, attributes }) => (id === undefined ? [] : [`### ${attributes.label ?? id}`]));
  return known;
}

/**
 * Whether GitHub made the text of the story form: every heading is there, also above a field that was left empty. GitHub
 * drops a label that the form names and the repository does not have, as after a rename, so the text must do.
 *
 * @see https://docs.github.com/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-issue-forms
 */
export function isStoryFormText(body: string): boolean {
  const headings = storyHeadings();
  const lines = body.split(/\r?\n/).map((line) => line.trimEnd());
  if (lines[0] !== headings[0]) return false;
  let at = 0;
  for (const line of lines) if (line === headings[at]) at += 1;
  return at === headings.length;
}

/** The pull request that offers them; `storyName` as above. The branch is none of a task's. */
export function issueFormOffer(storyName: string = storyLabel) {
  const label = codeSpan(storyName);
  return {
    ...offered,
    title: "Add the issue forms for stories and epics",
    text: [
      `This adds an issue form with which a product owner writes a story that is ready to be planned: whom it serves and why, the acceptance criteria in Given/When/Then, and what it touches. Issues that are written with it get the label ${label} by themselves.`,
      "A second form is for epics, the parent issues of stories. The fleet does not work on an epic itself.",
      `It is an offer: merge it, change it, or close it. A closed one is not opened again; any issue with the label ${label} is a story, with or without the form.`,
    ].join("\n\n"),
  };
}

const offered = { branch: "fleet-setup/issue-form", trailer: "Fleet-Setup: issue-form" } as const;
