import { followRepository } from "../repositories/follow-repositories.ts";
import { type AppDeps, type Delivery, followDepsOf } from "./app-deps.ts";
import { repositoryPayload } from "./installation-payloads.ts";
import { repositoryOf } from "./payload-parts.ts";

/** A repository is renamed, transferred, archived, taken up again, deleted, or gets another default branch. */
export async function onRepository(deps: AppDeps, delivery: Delivery): Promise<void> {
  const payload = repositoryPayload.parse(delivery.payload);
  const ref = repositoryOf(payload);
  deps.configurations.invalidate(ref.repository);
  const standing = await followRepository(followDepsOf(deps), ref);
  if (payload.action === "edited" && standing.paused === null) await deps.write({ kind: "settings", ref });
}
