import { type FoundCriterion, findCriteria } from "./acceptance-criteria.ts";
import { type OutlineBlock, outlineStory } from "./story-outline.ts";
import { missingValueParts } from "./value-statement.ts";

/** What a story's text says, as far as the rules ask. */
export type StoryText = {
  readonly blocks: readonly OutlineBlock[];
  readonly criteria: readonly FoundCriterion[];
  /** The parts of the value statement that are missing. */
  readonly missingValueParts: readonly string[];
  /** All words outside code blocks. */
  readonly prose: string;
  /** Whether nothing was written: no text at all, or an issue form that nobody filled in. */
  readonly isEmpty: boolean;
};

/** What GitHub writes for a field of an issue form that was left empty. */
const noResponse = /^_?no response_?$/i;

/** Reads the body of an issue, from a form or free. */
export function readStory(body: string): StoryText {
  const blocks = outlineStory(body).filter((block) => !("text" in block) || !noResponse.test(block.text));
  const prose = blocks.map(wordsOf).join("\n");
  const written = blocks.filter((block) => block.kind !== "heading").map(wordsOf);
  const code = blocks.flatMap((block) => (block.kind === "code" ? block.lines : []));
  return {
    blocks,
    criteria: findCriteria(blocks),
    missingValueParts: missingValueParts(blocks),
    prose,
    isEmpty: ![...written, ...code].some((text) => /[\p{L}\p{N}]/u.test(text)),
  };
}

/** Whether the text is a story at all (DOMAIN.md §2, `submit`): a complete value statement, or a criterion. */
export function parsesAsStory(text: StoryText): boolean {
  return text.criteria.length > 0 || text.missingValueParts.length === 0;
}

function wordsOf(block: OutlineBlock): string {
  switch (block.kind) {
    case "code":
      return "";
    case "row":
      return block.cells.join(" ");
    default:
      return block.text;
  }
}
