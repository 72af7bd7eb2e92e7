import { z } from "zod";
import type { humanRoles } from "../../kernel/roles.ts";
import { slaSchema } from "./sla.ts";

/** A GitHub login, or a team as `@org/team`. */
const actor = z
  .string()
  .regex(
    /^(@[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9_.-]+|@?[A-Za-z0-9][A-Za-z0-9-]{0,38}(\[bot\])?)$/,
    'a team as "@org/team" or a login as "octocat"',
  );

const command = z.string().min(1).max(1000);
const glob = z.string().min(1).max(300);

/**
 * `.github/fleet.yml` (PRODUCT.md, "Repository configuration"). Everything is optional; the defaults are the product's.
 * Unknown keys are errors, so that a misspelt one is found.
 */
export const fleetConfigurationSchema = z
  .strictObject({
    roles: z
      .strictObject(roleShape())
      .describe("Who holds which role: teams (@org/team) or logins. Unset roles follow the repository's permissions."),
    readiness: z
      .strictObject({ threshold: z.int().min(0).max(100).default(80).describe("Lowest score that may be approved.") })
      .prefault({})
      .describe("When a story is ready to be planned."),
    gates: z
      .strictObject({
        architecture: z.enum(["human", "council"]).default("human"),
        testing: z
          .enum(["human", "council", "checks"])
          .default("human")
          .describe("checks: the required checks decide, once at least one has reported and all are green."),
        product: z.enum(["human"]).default("human"),
      })
      .prefault({})
      .describe("Who decides at each gate."),
    council: z
      .strictObject({
        start: z
          .enum(["auto", "command"])
          .default("auto")
          .describe("Whether councils start by themselves or by /council."),
        members: z.int().min(1).max(7).default(3).describe("How many candidates a round has."),
        models: z.array(z.string().min(1)).max(7).default([]).describe("Model names; empty: what the hosts serve."),
        temperatures: z.array(z.number().min(0).max(2)).max(7).default([]).describe("One a member; empty: rising."),
        rounds: z.int().min(1).max(10).default(3).describe("Rounds of one task before it goes back to people."),
        budget: z
          .strictObject({
            tokens: z.int().min(1).default(400_000).describe("In and out, of one deliberation."),
            minutes: z
              .number()
              .positive()
              .max(24 * 60)
              .default(30),
          })
          .prefault({})
          .describe("Where a deliberation ends at the latest."),
      })
      .prefault({})
      .describe("How councils of agents work."),
    checks: z
      .strictObject({
        install: command.optional(),
        build: command.optional(),
        lint: command.optional(),
        test: command.optional(),
        migrate: command
          .optional()
          .describe(
            "Tries the migrations of a data task in a scratch database; unset: plain SQL is tried in PGlite or SQLite.",
          ),
      })
      .prefault({})
      .describe("Commands that are run in the repository's root; unset ones are detected from the project."),
    paths: z
      .strictObject({
        deny: z.array(glob).max(200).default([]).describe("Globs that no agent may change."),
        tests: z.array(glob).max(200).default([]).describe("Globs of test files."),
        ownership: z
          .record(glob, z.array(actor).min(1))
          .default({})
          .describe("Glob → who is asked to review too at the architecture gate, where the role decides."),
      })
      .prefault({})
      .describe("Globs as in .gitignore, from the repository's root."),
    merge: z
      .strictObject({
        method: z.enum(["merge", "squash", "rebase"]).default("merge"),
        by: z.enum(["fleet", "human"]).default("fleet").describe("Who merges once every gate has approved."),
      })
      .prefault({})
      .describe("How pull requests are merged."),
    sla: slaSchema,
    limits: z
      .strictObject({
        "stories-in-progress": z.int().min(1).optional().describe("Stories from in-progress to ready-to-review."),
        "minutes-a-day": z
          .int()
          .min(1)
          .optional()
          .describe("Wall time of all councils of the repository that begin on one day (UTC)."),
        "minutes-a-story": z
          .int()
          .min(1)
          .optional()
          .describe("Wall time of all councils of a story and its tasks; the product owner adds with /budget +60min."),
        "minutes-a-task": z
          .int()
          .min(1)
          .optional()
          .describe("Wall time of all councils of a task; the product owner adds with /budget +60min."),
        "tokens-a-day": z
          .int()
          .min(1)
          .optional()
          .describe("In and out, of all councils of the repository that begin on one day (UTC)."),
        "tokens-a-story": z
          .int()
          .min(1)
          .optional()
          .describe("In and out, of all councils of a story and its tasks; the product owner adds with /budget +n."),
        "tokens-a-task": z
          .int()
          .min(1)
          .optional()
          .describe("In and out, of all councils of a task; the product owner adds with /budget +n."),
      })
      .prefault({})
      .describe("Unset: no limit."),
  })
  .partial({ roles: true });

function roleShape() {
  const actors = z.array(actor).max(100);
  return {
    "product-owner": actors.optional(),
    architect: actors.optional(),
    qa: actors.optional(),
    developer: actors.optional(),
    devops: actors.optional(),
    data: actors.optional(),
  } satisfies Record<(typeof humanRoles)[number], unknown>;
}

export type FleetConfiguration = z.infer<typeof fleetConfigurationSchema>;

/** What holds where a repository has no `.github/fleet.yml`. */
export const defaultConfiguration: FleetConfiguration = fleetConfigurationSchema.parse({});

/**
 * JSON Schema of `.github/fleet.yml`, for editors: the text of `fleet.schema.json`, which a test keeps equal.
 * @see https://github.com/redhat-developer/yaml-language-server#using-inlined-schema
 */
export function fleetConfigurationJsonSchema(): string {
  const schema = z.toJSONSchema(fleetConfigurationSchema, { io: "input" });
  return `${JSON.stringify({ title: ".github/fleet.yml of SWE AI Fleet", ...schema }, null, 2)}\n`;
}
