import { readFileSync } from "node:fs";

/** Where GitHub looks for it. */
export const storyFormPath = ".github/ISSUE_TEMPLATE/fleet-story.yml";

/** The text of the issue form for stories. */
export function readIssueForm(): string {
  return readFileSync(new URL("./fleet-story.yml", import.meta.url), "utf8");
}

/** The pull request that offers it. The branch is none of a task's. */
export const issueFormOffer = {
  branch: "fleet-setup/issue-form",
  title: "Add the issue form for stories",
  trailer: "Fleet-Setup: issue-form",
  text: [
    "This adds an issue form with which a product owner writes a story that is ready to be planned: whom it serves and why, the acceptance criteria in Given/When/Then, and what it touches. Issues that are written with it get the label `fleet:story` by themselves.",
    "It is an offer: merge it, change it, or close it. A closed one is not opened again; any issue with the label `fleet:story` is a story, with or without the form.",
  ].join("\n\n"),
} as const;
