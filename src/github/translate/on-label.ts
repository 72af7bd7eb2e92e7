import { isBotOf } from "../client/app-identity.ts";
import { labelSet } from "../present/label-set.ts";
import { canonicalName } from "../present/read-label.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { labelPayload } from "./issue-payloads.ts";
import { repositoryOf } from "./payload-parts.ts";

const names: ReadonlySet<string> = new Set(labelSet.map((label) => label.name));

/**
 * Somebody edited or deleted one of our labels: the set is made right again. A new name is kept, colour and description
 * are ours, and a deleted label comes back.
 */
export async function onLabel(deps: AppDeps, delivery: Delivery): Promise<void> {
  const payload = labelPayload.parse(delivery.payload);
  const ref = repositoryOf(payload);
  if (isBotOf(await deps.identityOf(ref.installation), payload.sender)) return;
  const before = payload.changes?.name?.from;
  const known = [canonicalName(payload.label), ...(before === undefined ? [] : [canonicalName({ name: before })])];
  if (known.some((name) => names.has(name))) await deps.write({ kind: "labels", ref });
}
