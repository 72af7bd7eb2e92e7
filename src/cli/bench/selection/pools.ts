/** A pool of candidates: the place of each one's text among the task's, the right ones first. */
export type Pool = readonly number[];

/**
 * Draws `k` candidates, each right with probability `rate`. Texts are drawn with replacement, the n-th with weight 1/n:
 * several members of a council often give the same answer, and some mistakes are more popular than others.
 */
export function drawPool(
  random: () => number,
  { rate, k }: { readonly rate: number; readonly k: number },
  { right, wrong }: { readonly right: number; readonly wrong: number },
): Pool {
  return Array.from({ length: k }, () => (random() < rate ? draw(random, right) : right + draw(random, wrong)));
}

function draw(random: () => number, count: number): number {
  const weights = Array.from({ length: count }, (_, at) => 1 / (at + 1));
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [at, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return at;
  }
  return count - 1;
}
