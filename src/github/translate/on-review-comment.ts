import { isBotOf, isOwn } from "../client/app-identity.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { ghost } from "./payload-parts.ts";
import { reviewCommentPayload } from "./pull-request-payloads.ts";
import { heardOnTask, runSaid } from "./run-said.ts";
import { askedIn, saidOnLine } from "./said.ts";

/**
 * Comments on lines of a change: their commands are run like those of any comment. What else they say travels with the
 * review that they belong to.
 */
export async function onReviewComment(deps: AppDeps, delivery: Delivery): Promise<void> {
  const payload = reviewCommentPayload.parse(delivery.payload);
  const { comment, sender } = payload;
  const app = await deps.identityOf(payload.installation.id);
  if (sender.id === ghost.id || isOwn(comment, app) || isBotOf(app, sender)) return;
  const said = saidOnLine(payload);
  const task = await heardOnTask(deps, said);
  const commands = askedIn(said);
  if (commands.asked.length > 0) await runSaid(deps, delivery.id, said, commands, task);
}
