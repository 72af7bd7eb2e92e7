import type { FoundCriterion } from "./acceptance-criteria.ts";

/** Words that leave open what is meant (DOMAIN.md §2: "no TBD/maybe/several/etc."). */
const ambiguous =
  /\b(?:tbd|tba|tbc|todo|fixme|maybe|perhaps|possibly|probably|several|various|somehow|etc|and so on|and\/or|if possible|if needed|as needed|as appropriate|something like|some kind of|more or less|user[- ]friendly)\b|\?{3,}/gi;

/** The ambiguous words of a text, each once, in its order. Code does not count: a `TODO` there is a name. */
export function ambiguousWords(prose: string): readonly string[] {
  const words = prose.replace(/`[^`]*`/g, " ").match(ambiguous) ?? [];
  return [...new Set(words.map((word) => word.toLowerCase()))];
}

/** Outcomes that no test can see, when nothing else is said. */
const vague =
  /\b(?:(?:it|this|that|everything|all|the (?:feature|page|system|app|application|function|thing))\b|works?|working|(?:is|are|be|stays?|looks?|behaves?|should|must|will|happens?)\b|fine|ok|okay|good|nice|great|better|faster|easier|correct(?:ly)?|proper(?:ly)?|right|well|(?:as )?expected|appropriate(?:ly)?|intuitive|handled|supported|successful(?:ly)?|success|again|now|also|and|more|very|as)\b/gi;

const sight =
  /[`"“'\d]|\b(?:is|are|be|has|have|contains?|includes?|equals?|returns?|shows?|sees?|lists?|gets?|receives?|responds?|answers?|prints?|logs?|writes?|creates?|deletes?|removes?|stores?|saves?|sends?|fails?|throws?|rejects?|refuses?|redirects?|displays?|exits?|stays?|opens?|closes?|becomes?|must|can|cannot|appears?|disappears?)\b/i;

/** Whether a criterion ends in something that a test can see. */
export function hasObservableOutcome(criterion: FoundCriterion): boolean {
  const outcome = criterion.outcome ?? criterion.text;
  const rest = outcome.replace(vague, " ");
  if (!/[\p{L}\p{N}]{2,}|\p{N}/u.test(rest)) {
    return false;
  }
  return criterion.outcome !== null || sight.test(outcome);
}

const placeholders =
  /^(?:(?:new|my|the|a|an|another|user|some)\s+)*(?:story|issue|bug|bug ?fix|feature|feature request|fix|update|change|changes|improvement|improvements|task|title|request|stuff|things?)$/i;

/** Whether a title has 10–100 characters and says what changes: two words that are no placeholder. */
export function saysWhatChanges(title: string): boolean {
  const bare = title
    .replace(/^\s*(?:\[[^\]]*\]\s*)+:?/, "")
    .replace(/^\s*(?:story|feature|bug|task)\s*:/i, "")
    .trim();
  const length = [...title.trim()].length;
  if (length < 10 || length > 100 || placeholders.test(bare)) {
    return false;
  }
  const words = bare.match(/[\p{L}\p{N}]+/gu) ?? [];
  // Scripts without spaces between words (Chinese, Japanese, Thai) say it in one run of letters.
  return words.length >= 2 || words.some((word) => /[^\p{Script=Latin}\p{N}]/u.test(word) && [...word].length >= 5);
}
