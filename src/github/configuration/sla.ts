import { z } from "zod";

const hours = z
  .number()
  .positive()
  .max(24 * 30);

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day as "18:30"');

/** The days of a week, as `fleet.yml` names them; in the order of `Date.getUTCDay`. */
export const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Time that counts for no deadline, and in which nobody is reminded. */
const quietSchema = z
  .strictObject({
    timezone: z
      .string()
      .refine(isTimeZone, {
        message: "there is no such time zone",
        params: { fix: 'write a name of the IANA time zone database, such as "Europe/Madrid"' },
      })
      .default("UTC")
      .describe("IANA name, such as Europe/Madrid."),
    from: time.optional().describe("When the quiet hours of a day begin; they may pass midnight."),
    to: time.optional().describe("When they end."),
    days: z.array(z.enum(weekdays)).max(7).default([]).describe("Days that are quiet as a whole, such as [sat, sun]."),
  })
  .refine((quiet) => (quiet.from === undefined) === (quiet.to === undefined), {
    message: "only one end of the quiet hours is given",
    params: { fix: "write both from and to, or neither" },
  })
  .refine((quiet) => quiet.days.length < weekdays.length, {
    message: "every day is quiet",
    params: { fix: "leave out the days on which people work" },
  });

/**
 * How long people may take (DOMAIN.md §3, timers). Hours; quiet time does not count. A breach is shown and reminded of
 * once.
 */
export const slaSchema = z
  .strictObject({
    "claim-lease": hours.default(2).describe("Until a claim ends that nothing is heard of."),
    review: hours.default(2).describe("To the architect's first review."),
    qa: hours.default(4).describe("To the decision of qa."),
    "product-owner": hours.default(24).describe("To the product owner's decision."),
    task: hours.default(48).describe("From a task's beginning to its end."),
    quiet: quietSchema.optional().describe("Nights and weekends; unset: none."),
  })
  .prefault({})
  .describe("Hours until a reminder.");
