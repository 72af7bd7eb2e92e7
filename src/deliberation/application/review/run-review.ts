import { type ReviewRole, type RoleReview, reviewRoles, type StoryReview } from "../../../kernel/review.ts";
import type { ReviewOutcome } from "../../domain/outcome.ts";
import { mapSentences, reviewProblems } from "../../domain/review-problems.ts";
import { findAbleMembers, seatOf, tooSmallReason } from "../able-members.ts";
import { contextFor, type Member } from "../job.ts";
import { outlinePaths } from "../outline-paths.ts";
import type { ChatMessage } from "../ports.ts";
import { reviewAnswerSchema, reviewPrompt, reviewRetryPrompt } from "../prompts/review-prompt.ts";
import { sharedPrefix, systemPrompt } from "../prompts/shared-prefix.ts";
import type { SavedState } from "../saved-state.ts";
import { accountOf, ask, late, type Session, timed, until } from "../session.ts";

type Saved = SavedState["reviews"][number];

const answerTokens = 2_000;

/**
 * The review of a story: one seat a role, each with its role's context, which do not see each other. The validator judges each answer, one retry with its
 * problems; a role without a valid answer is missing, with the reason, and nothing stands in for it.
 */
export async function runReview(session: Session): Promise<ReviewOutcome | { readonly nobody: string }> {
  const { job, notebook } = session;
  const able = await findAbleMembers(session);
  if (able.length === 0) return { nobody: tooSmallReason };
  await session.announce("drafting", `${reviewRoles.join(", ")} review the story.`);
  const paths = await outlinePaths(session);
  const seats = await timed(session, "drafting", () =>
    Promise.all(
      reviewRoles.map(async (role, index) => {
        const known = notebook.state.reviews.find(({ seat }) => seat.role === role);
        if (known !== undefined) return known;
        const prefix = await sharedPrefix(contextFor(job, role).text, paths, session.deps.prompting);
        const saved = await review(session, role, seatOf(index, job.members, able), prefix);
        await notebook.note((state) => state.reviews.push(saved));
        return saved;
      }),
    ),
  );
  if (seats.every(({ failed }) => failed))
    return { nobody: `No reviewer answered: ${seats[0]?.seat.missing ?? "no members"}` };
  await session.announce("selecting", "The reviews are put side by side.");
  return conclude(
    session,
    seats.map(({ seat }) => seat),
  );
}

async function review(session: Session, role: ReviewRole, member: Member | undefined, prefix: string): Promise<Saved> {
  if (member === undefined)
    return { seat: { role, model: null, review: null, missing: "No model sat for this role." }, failed: true };
  const { job, deps } = session;
  const missing = (why: string, failed = false): Saved => ({
    seat: { role, model: member.model, review: null, missing: why },
    failed,
  });
  const messages: ChatMessage[] = [
    { role: "system", content: systemPrompt },
    { role: "user", content: `${prefix}\n\n${await reviewPrompt(job, role, deps.prompting)}` },
  ];
  const result = await until(session, session.deadlineAt, async (signal): Promise<Saved> => {
    let last = missing("It brought no review.");
    for (let turn = 1; turn <= 2; turn++) {
      const schema = { name: "review", schema: reviewAnswerSchema };
      const answer = await ask(session, member, messages, {
        prompt: "review",
        maxTokens: answerTokens,
        schema,
        signal,
      });
      if (answer.kind === "failed") return turn === 1 ? missing(answer.message, true) : last;
      const read = answer.value === null ? null : await safe(session, answer.value);
      const problems = read === null ? answer.problems : reviewProblems(read);
      if (read !== null && problems.length === 0)
        return { seat: { role, model: member.model, review: read, missing: null }, failed: false };
      last = missing(`Its answer was not valid: ${problems[0] ?? "it could not be read"}`);
      messages.push(
        { role: "assistant", content: answer.text.slice(0, 20_000) },
        { role: "user", content: reviewRetryPrompt(problems) },
      );
    }
    return last;
  });
  return result === late ? missing("It was not ready at the deadline.", true) : result;
}

/** Without what hides in texts and without secrets: a model may repeat what it was shown. */
function safe({ deps }: Session, read: StoryReview): Promise<StoryReview> {
  return mapSentences(read, async (text) => (await deps.prompting.redact(deps.prompting.clean(text))).trim());
}

function conclude(session: Session, reviews: readonly RoleReview[]): ReviewOutcome {
  return {
    kind: "review",
    reviews: [...reviews],
    reason: `${reviews.map(({ role, review: said }) => `${role}: ${said?.verdict ?? "missing"}`).join("; ")}.`,
    ...accountOf(session),
  };
}
