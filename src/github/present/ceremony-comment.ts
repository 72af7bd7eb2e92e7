import { principalName } from "../../kernel/principal.ts";
import { type ReviewVerdict, type RoleReview, reviewRoles, type StoryReview } from "../../kernel/review.ts";
import type { CeremonyState } from "../../kernel/states.ts";
import { type Ceremony, type CeremonyStory, standingOf } from "../../planning/domain/ceremony/ceremony.ts";
import { explainCeremony } from "../../planning/domain/ceremony/explain-ceremony.ts";
import { simulatedNotice } from "./council-check.ts";
import { fitSections } from "./fit-sections.ts";
import { collapsed, markdownTable } from "./markdown-table.ts";
import { codeSpan, inlineText, ownText } from "./safe-text.ts";

/**
 * The one comment of a backlog review: its state, and of every story what each role's council says, side by side.
 * `waiting`: why councils of it have not begun; null where all could.
 */
export function ceremonyComment(ceremony: Ceremony, simulated: string | null, waiting: string | null = null): string {
  return fitSections([
    { text: simulatedNotice(simulated), priority: 0 },
    { text: head(ceremony), priority: 0 },
    { text: nextTexts[ceremony.state], priority: 0 },
    { text: waiting === null ? "" : `**Waiting for a budget.** ${inlineText(waiting, 500)}`, priority: 0 },
    { text: inTheWay(ceremony), priority: 0 },
    { text: overview(ceremony), priority: 0 },
    ...ceremony.stories.flatMap((story) => [
      { text: storyPart(story), priority: 1 },
      { text: wholeReviews(story), priority: 2 },
    ]),
  ]);
}

const hosts = "the product owner or the architect";

/** What can be done now, where it is not plain from the state. */
const nextTexts: Readonly<Record<CeremonyState, string>> = {
  draft: `Here ${hosts} gathers its stories with \`/ceremony add <issue>\` and \`/ceremony remove <issue>\`, and begins with \`/ceremony start\`.`,
  "in-progress": "Findings appear here as the councils end. `/ceremony cancel` stops them.",
  reviewing: `On each story ${hosts} may say \`/ceremony approve\`, or \`/ceremony reject <why>\`; where the councils disagree, one of the two is needed. \`/ceremony complete\` closes the review. It moves no story: whoever wants that edits the text, goes on with \`/council\`, or sends it back with \`/reset <why>\`.`,
  completed: "",
  cancelled: "",
};

function head(ceremony: Ceremony): string {
  const { state, stories, milestone } = ceremony;
  const count = `${stories.length} ${stories.length === 1 ? "story" : "stories"}`;
  const sprint = milestone === null ? "" : ` of the sprint “${inlineText(milestone.title, 100)}”`;
  return `### Backlog review: \`${state}\`\n${explainCeremony(ceremony, {}).meaning} It holds ${count}${sprint}.`;
}

/** What keeps people from completing it. */
function inTheWay(ceremony: Ceremony): string {
  const { steps } = explainCeremony(ceremony, {});
  const guard = steps.find(({ action }) => action === "complete")?.guard ?? null;
  return guard === null ? "" : `**In the way of completing it:** ${ownText(guard.rule)}`;
}

function overview({ stories }: Ceremony): string {
  if (stories.length === 0) return "";
  const rows = stories.map((story) => [
    `#${story.issueNumber} ${inlineText(story.title, 80)}`,
    ...reviewRoles.map((role) =>
      verdictCell(
        story.reviews?.find((seat) => seat.role === role),
        story.reviews === null,
      ),
    ),
    standingTexts[standingOf(story) ?? "open"],
    wordCell(story),
  ]);
  return markdownTable(["story", ...reviewRoles, "together", "people say"], rows);
}

const verdictTexts: Readonly<Record<ReviewVerdict, string>> = {
  ready: "ready",
  "needs-changes": "needs changes",
  "not-ready": "not ready",
};

const standingTexts = {
  open: "",
  agreed: "agreed",
  dissent: "**dissent**",
  incomplete: "incomplete",
} as const;

function verdictCell(seat: RoleReview | undefined, isOpen: boolean): string {
  if (isOpen) return "";
  return seat?.review == null ? "missing" : verdictTexts[seat.review.verdict];
}

function wordCell({ word }: CeremonyStory): string {
  if (word === null) return "";
  return `${word.verdict === "approve" ? "approved" : "rejected"} by ${inlineText(principalName(word.by))}`;
}

/** Who says what of a story, where it has been reviewed: one line a role, the same whether they agree or not. */
function storyPart(story: CeremonyStory): string {
  const { reviews, word } = story;
  if (reviews === null) return "";
  const lines = reviews.map(({ role, review, missing }) =>
    review === null
      ? `- **${role}**: missing. ${inlineText(missing ?? "", 300)}`
      : `- **${role}**: ${verdictTexts[review.verdict]}. ${inlineText(review.summary)}`,
  );
  const reason = word?.reason == null ? [] : [`> ${wordCell(story)}: ${inlineText(word.reason, 500)}`];
  return [`#### #${story.issueNumber}`, dissentLine(story), ...lines, ...reason]
    .filter((line) => line !== "")
    .join("\n");
}

function dissentLine(story: CeremonyStory): string {
  if (standingOf(story) !== "dissent" || story.reviews === null) return "";
  const said = story.reviews.flatMap(({ role, review }) =>
    review === null ? [] : [`${role} says ${verdictTexts[review.verdict]}`],
  );
  return `**Dissent:** ${said.join(", ")}.\n`;
}

const headings = [
  { list: "risks", text: "Risk" },
  { list: "missingCriteria", text: "Missing criterion" },
  { list: "testsNeeded", text: "Test needed" },
  { list: "operations", text: "Operations" },
] as const satisfies readonly { readonly list: keyof StoryReview; readonly text: string }[];

function wholeReviews({ reviews }: CeremonyStory): string {
  const parts = (reviews ?? []).flatMap(({ role, model, review }) => {
    const lines = review === null ? [] : findingLines(review);
    return lines.length === 0 ? [] : [`**${role}** ${codeSpan(model ?? "")}\n${lines.join("\n")}`];
  });
  return parts.length === 0 ? "" : collapsed("What each found", parts.join("\n\n"));
}

function findingLines(review: StoryReview): readonly string[] {
  return headings.flatMap(({ list, text }) => review[list].map((finding) => `- ${text}: ${inlineText(finding)}`));
}
