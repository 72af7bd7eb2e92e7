import { z } from "zod";
import { humanRoles } from "./roles.ts";
import { taskTypes } from "./states.ts";

/** One task of a plan, as the events carry it from planning to workflow. */
export const planTaskSchema = z.strictObject({
  /** 1…8, unique within the plan; dependencies name it. */
  number: z.int().min(1).max(8),
  title: z.string().min(3).max(120),
  description: z.string().max(4000),
  type: z.enum(taskTypes),
  role: z.enum(humanRoles),
  estimateHours: z.number().positive().max(200),
  /** Numbers of the tasks that must be done first. */
  dependsOn: z.array(z.int().min(1).max(8)),
  /** 1-based numbers of the story's acceptance criteria that this task covers. */
  covers: z.array(z.int().min(1)),
});

export type PlanTask = z.infer<typeof planTaskSchema>;
