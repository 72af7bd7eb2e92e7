import { z } from "zod";

/** The queue of accepted deliveries (ARCHITECTURE.md, the road of one request). */
export const deliveriesQueue = "github-deliveries";

/** X-GitHub-Delivery: a GUID in fact, taken as any short name. A redelivery keeps its id. */
export const deliveryIdPattern = /^[0-9a-zA-Z_-]{1,64}$/;

/**
 * One accepted webhook delivery, the data of a job on `github-deliveries`. The body is kept as it was signed: who
 * translates it parses it by the event's own schema.
 */
export const deliverySchema = z.object({
  id: z.string().regex(deliveryIdPattern),
  /** X-GitHub-Event. */
  event: z.string().min(1),
  /** From the body; absent on events that belong to no installation. */
  installationId: z.int().positive().optional(),
  /** The body, UTF-8, a JSON object. */
  rawBody: z.string().min(2),
});

export type Delivery = z.infer<typeof deliverySchema>;
