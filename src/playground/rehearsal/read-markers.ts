/** What a prompt says about its case, in the lines that every prompt of the fleet carries. */
export type CaseMarkers = {
  readonly story: string;
  readonly storyNumber: number;
  /** Null for a plan and for a review. */
  readonly task: number | null;
  readonly purpose: string;
  readonly round: number;
  readonly criterion: number | null;
  /** The role that reviews a story; null for every other purpose. */
  readonly reviewer: string | null;
  /** Whether the model is asked again after a first answer. */
  readonly isRetry: boolean;
  /** The whole prompt. */
  readonly text: string;
};

/** Reads the case from the messages of a chat completion; null when they are no prompt of the fleet. */
export function readMarkers(messages: readonly { role: string; content: string }[]): CaseMarkers | null {
  const asked = messages.filter(({ role }) => role === "user").map(({ content }) => content);
  const text = asked.join("\n");
  // The last of each counts: the case lines follow the shared context, which may hold text of people.
  const last = (pattern: RegExp): RegExpMatchArray | undefined => [...text.matchAll(pattern)].at(-1);
  const story = last(/^Story #(\d+): (.+)$/gm);
  const purpose = last(/^Purpose: (.+)$/gm)?.[1];
  if (story === undefined || purpose === undefined) return null;
  const task = last(/^Task (\d+): /gm)?.[1];
  const criterion = last(/^Criterion: (\d+)$/gm)?.[1];
  return {
    story: story[2] ?? "",
    storyNumber: Number(story[1]),
    task: task === undefined ? null : Number(task),
    purpose,
    round: Number(last(/^Round: (\d+)$/gm)?.[1] ?? 1),
    criterion: criterion === undefined ? null : Number(criterion),
    reviewer: last(/^Reviewer: ([a-z]+)$/gm)?.[1] ?? null,
    isRetry: messages.some(({ role }) => role === "assistant"),
    text,
  };
}
