import type { Context } from "../../context/domain/build-context.ts";
import type { Role } from "../../kernel/roles.ts";
import { markdownTable } from "./markdown-table.ts";
import { fencedText, inlineText } from "./safe-text.ts";

/** The longest text that is shown, in characters: the rest of a comment is for the tables. */
const maxText = 50_000;

/** The answer to `/context`: the blocks with their sizes and sources, what was left out, and the text itself. */
export function contextText(role: Role, context: Context): string {
  const blocks = context.blocks.map(({ name, tokens, provenance }) => [
    inlineText(name, 80),
    String(tokens),
    inlineText(provenance.join(", "), 120),
  ]);
  const dropped = context.dropped.map(({ name, why }) => `- ${inlineText(name, 80)}: ${inlineText(why, 200)}`);
  const redacted = context.redacted.map(({ rule, count }) => `${count} × ${inlineText(rule, 60)}`).join(", ");
  return [
    `An agent as **${role}** would be given ${context.tokens} tokens (\`${context.hash.slice(0, 12)}\`); code of the repository comes on top when it starts.`,
    markdownTable(["block", "tokens", "made from"], blocks),
    dropped.length === 0 ? "" : `**Left out**\n${dropped.slice(0, 20).join("\n")}`,
    redacted === "" ? "" : `**Secrets taken out**: ${redacted}`,
    `<details><summary>The text</summary>\n\n${fencedText(context.text, "", maxText)}\n\n</details>`,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}
