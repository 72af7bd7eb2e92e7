/** How urgent a call is, most urgent first: somebody waits at a gate for its outcome, or nobody does. */
export const priorities = ["waited-for", "normal"] as const;

export type Priority = (typeof priorities)[number];

/** What the queue must know of a call. */
export type Claim = {
  /** Who shares the hosts with the others: an installation. */
  readonly tenant: number;
  readonly priority: Priority;
  /** What it will take of a host, in weighted tokens (`weightOf`); corrected by `settle` when it is known. */
  readonly cost: number;
};

/** Calls that wait, in the order in which they should go. Pure: times come from outside, in milliseconds. */
export type FairQueue<C extends Claim> = {
  readonly size: number;
  add(claim: C, now: number): void;
  /** False when it does not wait any more. */
  remove(claim: C): boolean;
  /** All that wait, the next one first. */
  inOrder(now: number): readonly C[];
  /** It goes: its tenant is charged, so that the others' turn comes. */
  take(claim: C): void;
  /** It is over: the charge becomes what it really took. */
  settle(claim: C, actualCost: number): void;
};

/** Who waits for longer than this moves up one priority, so that urgent work starves nobody. Milliseconds. */
const usualAgingMs = 60_000;

/** `had` is known, `charged` is expected of what runs; `active` counts what waits or runs. */
type Tenant = { had: number; charged: number; active: number };
type Entry<C> = { readonly claim: C; readonly order: number; readonly since: number };

/**
 * Priorities first; within one, the tenant that had the least so far, in tokens: the virtual token counter of "Fairness
 * in Serving Large Language Models" (OSDI 2024, arXiv 2401.00588). A tenant that comes back is lifted to the least of
 * those that are active, so that idle time is no credit. Within a tenant, first come, first served.
 */
export function createFairQueue<C extends Claim>(agingMs = usualAgingMs): FairQueue<C> {
  const tenants = new Map<number, Tenant>();
  const waiting = new Map<C, Entry<C>>();
  let arrivals = 0;
  /** What nobody who comes new starts below. */
  let floor = 0;

  function raiseFloor(): void {
    let least = Number.POSITIVE_INFINITY;
    // By what is known: an expectation that was too high would keep a newcomer back for good.
    for (const { active, had } of tenants.values()) if (active > 0) least = Math.min(least, had);
    if (least !== Number.POSITIVE_INFINITY) floor = Math.max(floor, least);
  }

  function leave(id: number): void {
    const tenant = tenants.get(id);
    if (tenant === undefined) return;
    tenant.active -= 1;
    raiseFloor();
    // Below the floor there is nothing to remember: whoever comes back starts at the floor.
    for (const [other, { active, had }] of tenants) if (active === 0 && had <= floor) tenants.delete(other);
  }

  function rank({ claim, since }: Entry<C>, now: number): number {
    return Math.max(0, priorities.indexOf(claim.priority) - Math.floor((now - since) / agingMs));
  }

  return {
    get size() {
      return waiting.size;
    },
    add(claim, now) {
      raiseFloor();
      const tenant = tenants.get(claim.tenant) ?? { had: 0, charged: 0, active: 0 };
      tenants.set(claim.tenant, tenant);
      if (tenant.active === 0) tenant.had = Math.max(tenant.had, floor);
      tenant.active += 1;
      arrivals += 1;
      waiting.set(claim, { claim, order: arrivals, since: now });
    },
    remove(claim) {
      if (!waiting.delete(claim)) return false;
      leave(claim.tenant);
      return true;
    },
    inOrder(now) {
      const counterOf = ({ claim }: Entry<C>): number => {
        const { had = 0, charged = 0 } = tenants.get(claim.tenant) ?? {};
        return had + charged;
      };
      return [...waiting.values()]
        .sort((a, b) => rank(a, now) - rank(b, now) || counterOf(a) - counterOf(b) || a.order - b.order)
        .map(({ claim }) => claim);
    },
    take(claim) {
      const tenant = tenants.get(claim.tenant);
      if (!waiting.delete(claim) || tenant === undefined) return;
      tenant.charged += claim.cost;
    },
    settle(claim, actualCost) {
      const tenant = tenants.get(claim.tenant);
      if (tenant === undefined) return;
      tenant.charged -= claim.cost;
      tenant.had += actualCost;
      leave(claim.tenant);
    },
  };
}

/** A written token occupies a host for longer than a read one; the paper above weighs them so, too. */
const outputWeight = 2;

/** What a call takes of a host, in weighted tokens; at least 1, so that nothing is free. */
export function weightOf(tokensIn: number, tokensOut: number): number {
  return Math.max(1, tokensIn + outputWeight * tokensOut);
}
