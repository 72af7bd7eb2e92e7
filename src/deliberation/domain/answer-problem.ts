/** A model's answer of code is far below this: the token limit of an answer is 4,096. In characters. */
const maxLength = 100_000;
const maxLine = 10_000;

/**
 * Why an answer is not even read for edits, or null. Small models fall into loops, and a Markdown parser needs time in
 * the square of some of them (25,000 times ">" overflows its stack): what repeats itself without end is no proposal.
 */
export function answerProblem(text: string): string | null {
  if (text.length > maxLength) return `The answer is too long (${text.length} characters; at most ${maxLength}).`;
  if (text.includes("\uFFFD")) return "The answer holds characters that are no UTF-8 text (U+FFFD).";
  const lines = text.split("\n");
  if (lines.some((line) => line.length > maxLine)) return `A line of the answer has more than ${maxLine} characters.`;
  if (/([^\w\s]{1,3})\1{300}/.test(text)) return "The answer repeats the same characters without end.";
  const counts = new Map<string, number>();
  for (const line of lines) {
    const key = line.trim();
    if (key !== "") counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const most = Math.max(0, ...counts.values());
  return most > 500 ? `The answer repeats one line ${most} times.` : null;
}
