import { checkOf } from "../candidate.ts";
import { type Standing, select } from "../select.ts";

/** A candidate of the first drafts, as far as it matters for who reviews whom. */
export type Peer = Standing & { readonly member: number; readonly treeHash: string | null };

/** Who looks at whose candidate. */
export type PeerReview = { readonly reviewer: number; readonly candidate: string };

/**
 * Every member that brought a candidate looks at one of a peer's: the one that fewest others look at, and of these the
 * next in the round. Only what applies can be looked at, and never what is the same as the reviewer's own; without a peer
 * there is no review. The order of the input does not matter.
 */
export function assignPeers(candidates: readonly Peer[]): readonly PeerReview[] {
  const round = [...candidates].sort((a, b) => a.member - b.member);
  const looks = new Map<string, number>();
  return round.flatMap((own, at): readonly PeerReview[] => {
    const others = [...round.slice(at + 1), ...round.slice(0, at)].filter(
      ({ treeHash, ...other }) =>
        checkOf(other, "applies")?.status === "passed" && treeHash !== null && treeHash !== own.treeHash,
    );
    const fewest = Math.min(...others.map(({ id }) => looks.get(id) ?? 0));
    const peer = others.find(({ id }) => (looks.get(id) ?? 0) === fewest);
    if (peer === undefined) return [];
    looks.set(peer.id, fewest + 1);
    return [{ reviewer: own.member, candidate: peer.id }];
  });
}

/**
 * What may still change the choice once the drafts are checked. `unbeaten`: an early stop, since one passes everything.
 *
 * Every draft is waited for before that. While one is out nothing that passes is safe from it: it may make another
 * behavioural cluster the largest, and where it behaves the same, a judge may prefer it or it may be the smaller change
 * (COUNCIL.md step 6). To stop at the first that passes would be to choose the fastest member.
 */
export type Discussion =
  | { readonly kind: "none"; readonly unbeaten: boolean }
  | { readonly kind: "revision" }
  | { readonly kind: "critique"; readonly reviews: readonly PeerReview[] };

/**
 * Whether critique and revision can matter (COUNCIL.md step 5), from the checked first drafts.
 * - `none`, the early stop: a candidate passes everything, and acceptance tests that fail on the base are among it. No
 *   check puts a revision above it, so a discussion could only cost. (One that changes what existing tests ask for would
 *   lose against a revision that does not; where such changes are asked for, that is not worth a round.)
 * - `none` too where one passes without an acceptance test and has no peer with another change: a single candidate.
 * - `revision`: nobody passes, and there is no peer to review; the author still sees its own failing checks.
 * - `critique`: nobody passes, or what passes was not shown to do what is asked for. Revision follows where there is
 *   evidence.
 */
export function discussionOf(drafts: readonly Peer[]): Discussion {
  const passing = drafts.filter((draft) => select([draft]).winner !== null);
  if (passing.some(passesAllTests)) return { kind: "none", unbeaten: true };
  const reviews = assignPeers(drafts);
  if (reviews.length > 0) return { kind: "critique", reviews };
  return passing.length > 0 ? { kind: "none", unbeaten: false } : { kind: "revision" };
}

/** Tests of a task that writes them pass and may still cover one criterion more. */
function passesAllTests(draft: Peer): boolean {
  const acceptance = checkOf(draft, "acceptance");
  return acceptance?.status === "passed" && acceptance.passed === acceptance.total;
}
