import { createHash } from "node:crypto";

/** One host as it stands for one call. */
export type HostView = {
  readonly url: string;
  /** Further requests that it takes now. */
  readonly free: number;
  /** Requests that it has, as a share of what it takes; the least loaded is asked. */
  readonly load: number;
  /** Whether requests queue in its server. */
  readonly queueing: boolean;
  /** Whether it holds the call's prefix. */
  readonly warm: boolean;
  /** Whether it was asked for this call already. */
  readonly tried: boolean;
  /** Whether it refused a prompt of this length. */
  readonly tooSmall: boolean;
};

export type ChosenHost = {
  /** Null: none of them takes one now. */
  readonly url: string | null;
};

/**
 * The host for a call, of those that could serve it; null where there is none at all. Hosts that were not tried come
 * before the others, hosts whose context is known to be too short last, and a call rather waits for a better one than
 * that it takes a worse. Where its prefix is warm it goes there; when nothing is free there, or a queue grows, it spills
 * to the least loaded. Of equals, the same prefix always finds the same host, in every process: rendezvous hashing. A
 * call without a prefix takes the preferred one.
 */
export function chooseHost(views: readonly HostView[], prefix: string | null, preferred?: string): ChosenHost | null {
  if (views.length === 0) return null;
  const able = narrow(
    narrow(views, ({ tooSmall }) => !tooSmall),
    ({ tried }) => !tried,
  );
  const free = able.filter(({ free }) => free > 0);
  const warm = free.filter(({ warm, queueing }) => warm && !queueing);
  const [first] = narrow(warm.length > 0 ? warm : free, ({ queueing }) => !queueing).toSorted(
    (a, b) =>
      a.load - b.load ||
      (prefix === null
        ? Number(b.url === preferred) - Number(a.url === preferred)
        : compare(affinity(prefix, b.url), affinity(prefix, a.url))),
  );
  return { url: first?.url ?? null };
}

/** Those for which it is so, or all where it is so for none. */
function narrow(views: readonly HostView[], wanted: (view: HostView) => boolean): readonly HostView[] {
  const narrowed = views.filter(wanted);
  return narrowed.length > 0 ? narrowed : views;
}

function affinity(prefix: string, url: string): string {
  return createHash("sha256").update(`${prefix}\n${url}`).digest("hex");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
