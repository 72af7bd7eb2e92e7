import { readFileSync } from "node:fs";

/** The issue forms that are offered: where GitHub looks for each, and its file here. */
export const issueForms = {
  story: { path: ".github/ISSUE_TEMPLATE/fleet-story.yml", file: "./fleet-story.yml" },
  epic: { path: ".github/ISSUE_TEMPLATE/fleet-epic.yml", file: "./fleet-epic.yml" },
} as const;

export type IssueForm = (typeof issueForms)[keyof typeof issueForms];

/** The text of an issue form. */
export function readIssueForm(form: IssueForm): string {
  return readFileSync(new URL(form.file, import.meta.url), "utf8");
}

/** The pull request that offers them. The branch is none of a task's. */
export const issueFormOffer = {
  branch: "fleet-setup/issue-form",
  title: "Add the issue forms for stories and epics",
  trailer: "Fleet-Setup: issue-form",
  text: [
    "This adds an issue form with which a product owner writes a story that is ready to be planned: whom it serves and why, the acceptance criteria in Given/When/Then, and what it touches. Issues that are written with it get the label `fleet:story` by themselves.",
    "A second form is for epics, the parent issues of stories. The fleet does not work on an epic itself.",
    "It is an offer: merge it, change it, or close it. A closed one is not opened again; any issue with the label `fleet:story` is a story, with or without the form.",
  ].join("\n\n"),
} as const;
