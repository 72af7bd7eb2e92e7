import type { Context } from "../../context/domain/context.ts";
import { markdownTable } from "./markdown-table.ts";
import { fencedText, inlineText } from "./safe-text.ts";

/** The longest text that is shown, in characters: the rest of a comment is for the tables. */
const maxText = 50_000;

/** So much of what was left out is named. */
const mostLeftOut = 20;

/** The answer to `/context`: the blocks with their sizes and sources, what was left out, and the text itself. */
export function contextText(context: Context): string {
  const blocks = context.blocks.map(({ name, tokens, pieces }) => [
    name,
    String(tokens),
    inlineText(pieces.map(({ node }) => node).join(", "), 200),
  ]);
  const leftOut = context.leftOut.map(({ block, node, why }) => {
    return `- ${block}${node === null ? "" : ` ${inlineText(node, 120)}`}: ${inlineText(why, 200)}`;
  });
  const redacted = context.redacted.map(({ rule, count }) => `${count} × ${inlineText(rule, 60)}`).join(", ");
  return [
    `An agent as **${context.role}** would be given ${context.modelTokens ?? context.tokens} of ${context.budget.tokens} tokens in the phase ${context.phase}${commitOf(context)}.`,
    markdownTable(["block", "tokens", "made from"], blocks),
    leftOut.length === 0 ? "" : `**Left out**\n${leftOut.slice(0, mostLeftOut).join("\n")}`,
    leftOut.length > mostLeftOut ? `… and ${leftOut.length - mostLeftOut} more.` : "",
    redacted === "" ? "" : `**Secrets taken out of what was read for it**: ${redacted}`,
    `<details><summary>The text</summary>\n\n${fencedText(context.text, "", maxText)}\n\n</details>`,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function commitOf({ commit }: Context): string {
  return commit === null ? "" : `, with code of commit \`${commit.slice(0, 12)}\``;
}
