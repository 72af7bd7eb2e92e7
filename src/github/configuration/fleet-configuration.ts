import { z } from "zod";
import type { humanRoles } from "../../kernel/roles.ts";

/** A GitHub login, or a team as `@org/team`. */
const actor = z
  .string()
  .regex(
    /^(@[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9_.-]+|@?[A-Za-z0-9][A-Za-z0-9-]{0,38}(\[bot\])?)$/,
    'a team as "@org/team" or a login as "octocat"',
  );

const command = z.string().min(1).max(1000);
const glob = z.string().min(1).max(300);
const hours = z
  .number()
  .positive()
  .max(24 * 30);

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
      .prefault({}),
    gates: z
      .strictObject({
        architecture: z.enum(["human", "council"]).default("human"),
        testing: z.enum(["human", "council", "checks"]).default("human"),
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
        members: z.int().min(1).max(7).default(3),
        models: z.array(z.string().min(1)).max(7).default([]).describe("Model names; empty: what the hosts serve."),
        temperatures: z.array(z.number().min(0).max(2)).max(7).default([]),
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
          .prefault({}),
      })
      .prefault({}),
    checks: z
      .strictObject({
        install: command.optional(),
        build: command.optional(),
        lint: command.optional(),
        test: command.optional(),
      })
      .prefault({})
      .describe("Commands that are run in the repository's root; unset ones are detected from the project."),
    paths: z
      .strictObject({
        deny: z.array(glob).max(200).default([]).describe("Globs that no agent may change."),
        tests: z.array(glob).max(200).default([]).describe("Globs of test files."),
        ownership: z.record(glob, z.array(actor).min(1)).default({}).describe("Glob → who is asked to review."),
      })
      .prefault({}),
    merge: z
      .strictObject({
        method: z.enum(["merge", "squash", "rebase"]).default("merge"),
        by: z.enum(["fleet", "human"]).default("fleet"),
      })
      .prefault({}),
    sla: z
      .strictObject({
        "first-review": hours.default(2),
        testing: hours.default(4),
        "product-owner": hours.default(24),
        task: hours.default(48),
      })
      .prefault({})
      .describe("Hours until a reminder."),
    limits: z
      .strictObject({
        "stories-in-progress": z.int().min(1).optional(),
        "tokens-a-day": z.int().min(1).optional(),
      })
      .prefault({}),
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

/** JSON Schema of `.github/fleet.yml`, for editors. */
export function fleetConfigurationJsonSchema(): unknown {
  return z.toJSONSchema(fleetConfigurationSchema, { io: "input" });
}
