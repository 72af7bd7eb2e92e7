/** What work is at, for those who are given a context (DOMAIN.md §5). */
export const phases = ["design", "build", "test", "doc"] as const;

export type Phase = (typeof phases)[number];
