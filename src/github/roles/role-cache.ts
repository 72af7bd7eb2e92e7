import { LRUCache } from "lru-cache";
import type { Clock } from "../../kernel/clock.ts";
import type { RoleAnswer } from "../../kernel/roles.ts";

/** Whose roles may have changed; nothing given: everybody's. */
export type RoleScope = { readonly repository?: number; readonly user?: number };

/** What an answer was found for. */
export type RoleKey = {
  readonly repository: number;
  readonly user: number;
  /** The blob of `.github/fleet.yml` that gave the roles; null for the defaults. */
  readonly configuration: string | null;
};

export type RoleCache = {
  /**
   * The answer for the key, looked up at most once at a time. What was looked up while it was being forgotten is
   * answered and not kept.
   */
  through(key: RoleKey, lookUp: () => Promise<RoleAnswer>): Promise<RoleAnswer>;
  forget(scope: RoleScope): void;
};

/** Bounds a storm of commands while GitHub fails; an unknown answer is not kept longer. */
const unknownMs = 5_000;

/** Keeps answers in this process for `ttlMs` (milliseconds); other processes' caches end by themselves in that time. */
export function createRoleCache(ttlMs: number, clock: Clock): RoleCache {
  const answers = new LRUCache<string, RoleAnswer>({
    max: 10_000,
    ttl: ttlMs,
    ttlResolution: 0,
    perf: { now: clock },
  });
  const underWay = new Map<string, Promise<RoleAnswer>>();
  let forgotten = 0;

  async function keep(name: string, lookUp: () => Promise<RoleAnswer>): Promise<RoleAnswer> {
    const before = forgotten;
    const answer = await lookUp();
    if (forgotten === before) answers.set(name, answer, { ttl: answer.known ? ttlMs : Math.min(unknownMs, ttlMs) });
    return answer;
  }

  return {
    through(key, lookUp) {
      const name = nameOf(key);
      const known = answers.get(name);
      if (known !== undefined) return Promise.resolve(known);
      const before = underWay.get(name);
      if (before !== undefined) return before;
      const current = keep(name, lookUp).finally(() => {
        if (underWay.get(name) === current) underWay.delete(name);
      });
      underWay.set(name, current);
      return current;
    },
    forget({ repository, user }) {
      forgotten += 1;
      underWay.clear();
      for (const name of [...answers.keys()]) {
        const [ofRepository, ofUser] = name.split("/").map(Number);
        if ((repository ?? ofRepository) === ofRepository && (user ?? ofUser) === ofUser) answers.delete(name);
      }
    },
  };
}

function nameOf({ repository, user, configuration }: RoleKey): string {
  return `${repository}/${user}/${configuration ?? "defaults"}`;
}
