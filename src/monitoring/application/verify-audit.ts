import type { UnitOfWork } from "../../kernel/transaction.ts";
import { type ChainEnd, emptyChain } from "../domain/audit-record.ts";
import { type ChainFault, compareEnds, type Followed, followChain } from "../domain/follow-chain.ts";
import type { AuditFilter, AuditLog } from "./audit-log.ts";

/** What became of one installation's log. */
export type VerifiedLog = {
  readonly installation: number;
  /** Records up to the fault, or all. */
  readonly records: number;
  /** The hash of the last one: whoever keeps it elsewhere can tell later that nothing before it was written anew. */
  readonly hash: string;
  readonly fault: ChainFault | null;
};

/** How an installation's log was once found, as somebody kept it where nobody who writes the graph writes. */
export type KeptLog = Pick<VerifiedLog, "installation" | "records" | "hash">;

type Deps = { readonly graph: UnitOfWork; readonly log: AuditLog };

/** Records that are read at once. */
const pageSize = 2_000;

/**
 * Walks every installation's log and says where one is not what was written. Who can write the graph can write a log anew, all
 * of it: that is seen by what was kept of it.
 */
export async function verifyAudit(deps: Deps, kept: readonly KeptLog[] = []): Promise<readonly VerifiedLog[]> {
  const found = await deps.graph.read((tx) => deps.log.installations(tx));
  const installations = new Set([...found, ...kept.map(({ installation }) => installation)]);
  const verified: VerifiedLog[] = [];
  for (const installation of installations) verified.push(await verifyLog(deps, installation, kept));
  return verified;
}

/** The same for one installation. */
export async function verifyLog(deps: Deps, installation: number, kept: readonly KeptLog[] = []): Promise<VerifiedLog> {
  const own = kept.filter((each) => each.installation === installation && each.records > 0);
  const rewritten = await firstRewritten(deps, own);
  const walked = await walk(deps, installation);
  const { end } = walked;
  const fault = walked.fault ?? (rewritten === null ? null : { sequence: rewritten, what: "rewritten" });
  const odd = await deps.graph.read((tx) => deps.log.firstOdd(tx, installation));
  const isFirst = odd !== null && (fault === null || odd <= fault.sequence);
  return {
    installation,
    records: end.sequence,
    hash: end.hash,
    fault: isFirst ? { sequence: Math.min(odd, end.sequence + 1), what: "inserted" } : fault,
  };
}

/** The first of the kept places whose record is another one, or none. */
async function firstRewritten({ graph, log }: Deps, kept: readonly KeptLog[]): Promise<number | null> {
  for (const { installation, records, hash } of kept.toSorted((a, b) => a.records - b.records)) {
    const [record] = await graph.read((tx) => log.after(tx, installation, records - 1, 1));
    if (record?.sequence !== records || record.hash !== hash) return records;
  }
  return null;
}

async function walk(deps: Deps, installation: number): Promise<Followed> {
  const { graph, log } = deps;
  let end: ChainEnd = emptyChain;
  for (;;) {
    const { sequence } = end;
    const page = await graph.read((tx) => log.after(tx, installation, sequence, pageSize));
    const followed = followChain(end, page);
    end = followed.end;
    if (followed.fault !== null) return followed;
    if (page.length === pageSize) continue;
    const head = await graph.read((tx) => log.end(tx, installation));
    // What was added since the page was read is no fault: it is read as well.
    if (head.sequence > end.sequence && (await isThere(deps, installation, end.sequence))) continue;
    return { end, fault: compareEnds(end, head) };
  }
}

async function isThere({ graph, log }: Deps, installation: number, after: number): Promise<boolean> {
  return (await graph.read((tx) => log.after(tx, installation, after, 1))).length > 0;
}

/** The latest records, of a story or a principal or of all. */
export function findAudit({ graph, log }: Deps, filter: AuditFilter) {
  return graph.read((tx) => log.find(tx, filter));
}
