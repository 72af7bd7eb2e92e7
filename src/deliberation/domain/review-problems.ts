import { type StoryReview, storyReviewSchema } from "../../kernel/review.ts";

/** What is said under headings, in the order in which it is shown. */
const lists = [
  "risks",
  "missingCriteria",
  "testsNeeded",
  "operations",
] as const satisfies readonly (keyof StoryReview)[];

/** What is wrong with a review, as sentences that can be sent back to the model; none where it may be shown. */
export function reviewProblems(review: StoryReview): readonly string[] {
  const shape = storyReviewSchema.safeParse(review);
  if (!shape.success) return shape.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  const named = lists.flatMap((list) => review[list]);
  const problems: string[] = [];
  if (review.verdict !== "ready" && named.length === 0)
    problems.push(`The verdict is ${review.verdict}, and no list names what stands in the way.`);
  for (const list of lists) {
    const known = new Set(review[list].map((sentence) => sentence.toLowerCase()));
    if (known.size < review[list].length) problems.push(`${list}: it says the same twice.`);
  }
  return problems;
}

/** The review with every sentence passed through `clean`; one that is empty after that is a problem. */
export async function mapSentences(
  review: StoryReview,
  clean: (text: string) => Promise<string>,
): Promise<StoryReview> {
  const mapped = await Promise.all(
    lists.map(async (list) => [list, await Promise.all(review[list].map(clean))] as const),
  );
  return { ...review, ...Object.fromEntries(mapped), summary: await clean(review.summary) };
}
