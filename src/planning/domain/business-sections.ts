/** A story's text in two: what everybody may see who works on it, and what is the product owner's (DOMAIN.md §4). */
export type StoryParts = {
  readonly description: string;
  /** Null where there is no such section. */
  readonly businessNotes: string | null;
};

/** The headings of sections that never reach a developer, a qa or their agents, as §4 calls the columns. */
const businessHeading = /^(?:business (?:notes?|values?|impact|case)|budgets?|costs?|cost impact)$/i;

const fence = /^ {0,3}(`{3,}|~{3,})/;
const heading = /^ {0,3}(#{1,6})\s+(.*?)(?:\s+#+)?\s*$/;
const wholeLineBold = /^\s{0,3}(?:\*\*|__)([^*_]{1,80})(?:\*\*|__)\s*:?\s*$/;
const wholeLineTitle = /^\s{0,3}(\p{L}[\p{L} ]{0,60}):\s*$/u;

/** A bold line or a line with a colon that stands for a heading, deeper than every real one. */
const pseudoDepth = 7;

/**
 * Parts a story's Markdown line by line: a section begins with its heading and ends before the next one that is no deeper.
 * Every line is in one of both, in its order; what stands in a code block is no heading.
 */
export function partStory(body: string): StoryParts {
  const description: string[] = [];
  const notes: string[] = [];
  let within: number | null = null;
  let closing: string | null = null;
  for (const line of body.split("\n")) {
    const opens: string | null = fence.exec(line)?.[1] ?? null;
    if (closing !== null) {
      if (isFenceOf(line.trim(), closing)) closing = null;
    } else if (opens !== null) {
      closing = opens;
    } else {
      const found = headingOf(line);
      if (found !== null && (within === null || found.depth <= within))
        within = businessHeading.test(found.title) ? found.depth : null;
    }
    (within === null ? description : notes).push(line);
  }
  return { description: description.join("\n"), businessNotes: notes.length === 0 ? null : notes.join("\n") };
}

function isFenceOf(line: string, opening: string): boolean {
  return line.startsWith(opening) && line.replaceAll(opening.charAt(0), "") === "";
}

/** No longer line is looked at: none of the patterns may be made to try a long one in every way. */
const longestHeading = 200;

function headingOf(line: string): { readonly depth: number; readonly title: string } | null {
  if (line.length > longestHeading) return null;
  const real = heading.exec(line);
  if (real !== null) return { depth: real[1]?.length ?? 1, title: plain(real[2] ?? "") };
  const stands = wholeLineBold.exec(line)?.[1] ?? wholeLineTitle.exec(line)?.[1];
  return stands === undefined ? null : { depth: pseudoDepth, title: plain(stands) };
}

function plain(title: string): string {
  return title
    .replace(/[*_`:]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}
