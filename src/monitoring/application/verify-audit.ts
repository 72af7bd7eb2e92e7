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

type Deps = { readonly graph: UnitOfWork; readonly log: AuditLog };

/** Records that are read at once. */
const pageSize = 2_000;

/** Walks every installation's log and says where one is not what was written. */
export async function verifyAudit({ graph, log }: Deps): Promise<readonly VerifiedLog[]> {
  const installations = await graph.read((tx) => log.installations(tx));
  const verified: VerifiedLog[] = [];
  for (const installation of installations) verified.push(await verifyLog({ graph, log }, installation));
  return verified;
}

/** The same for one installation. */
export async function verifyLog(deps: Deps, installation: number): Promise<VerifiedLog> {
  const { end, fault } = await walk(deps, installation);
  const odd = await deps.graph.read((tx) => deps.log.firstOdd(tx, installation));
  const isFirst = odd !== null && (fault === null || odd <= fault.sequence);
  return {
    installation,
    records: end.sequence,
    hash: end.hash,
    fault: isFirst ? { sequence: Math.min(odd, end.sequence + 1), what: "inserted" } : fault,
  };
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
