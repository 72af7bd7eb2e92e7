import { z } from "zod";
import { PermanentError } from "../../kernel/errors.ts";
import type { RepositoryRef } from "../client/octokit.ts";

/**
 * Payloads of webhooks, asking only for the fields that are used. Field names are GitHub's. What GitHub always sends but
 * the road can do without may be missing or null: versions of GitHub Enterprise Server and GitHub-compatible servers
 * differ in it.
 */

/** A payload without its shape is the same at every attempt, so the job ends at once. */
export function payloadOf<Shape extends z.ZodRawShape>(event: string, shape: Shape) {
  const schema = z.object(shape);
  return {
    safeParse: (payload: unknown) => schema.safeParse(payload),
    parse(payload: unknown): z.infer<typeof schema> {
      const parsed = schema.safeParse(payload);
      if (parsed.success) return parsed.data;
      const paths = parsed.error.issues.map((each) => each.path.join(".") || "(root)").join(", ");
      throw new PermanentError(`The payload of ${event} does not have its shape at: ${paths}`, { cause: parsed.error });
    },
  };
}

/** A list of which nothing is known is empty. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
}

export const user = z.object({ id: z.int(), login: z.string(), type: z.string().nullish() });
/** An account that is gone: nobody in particular, who holds no role. */
export const ghost: z.infer<typeof user> = { id: 0, login: "ghost" };
const repository = z.object({
  id: z.int(),
  name: z.string(),
  owner: z.object({ login: z.string() }),
  default_branch: z.string().nullish(),
});
export const via = z.object({ id: z.int().optional() }).nullish();
/** A comment on an issue, a pull request or a line of a change. */
export const comment = z.object({
  id: z.int(),
  body: z.string(),
  created_at: z.string(),
  updated_at: z.string().nullish(),
  user: user.nullish(),
  performed_via_github_app: via,
});
/** What an edit replaced. */
export const textChanges = z.object({ body: z.object({ from: z.string() }).nullish() }).nullish();
export const label = z.object({ name: z.string(), description: z.string().nullish() });
/** GitHub's REST answers may give a label as its bare name; some servers do so in webhooks. */
export const listedLabel = z.union([label, z.string().transform((name) => ({ name }))]);

export const common = { installation: z.object({ id: z.int() }), repository, sender: user };

/** The repository that a payload is about. */
export function repositoryOf(payload: {
  readonly installation: { readonly id: number };
  readonly repository: z.infer<typeof repository>;
}): RepositoryRef {
  const { id, name, owner } = payload.repository;
  return { installation: payload.installation.id, repository: id, owner: owner.login, repo: name };
}
