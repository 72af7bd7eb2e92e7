/** Sends back what is wrong with a decision, once (COUNCIL.md step 8). */
export function retryPrompt(problems: readonly string[]): string {
  return `The answer is not valid:\n${problems.map((problem) => `- ${problem}`).join("\n")}\n\nAnswer again with one corrected JSON object.`;
}
