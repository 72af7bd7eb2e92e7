import { randomUUID } from "node:crypto";
import type { Valkey } from "iovalkey";
import { type BudgetLedger, windowMs } from "./budget-ledger.ts";

/** The same rule as in memory, in one script: two processes never take the same room. */
const takeScript = `
local now, points, writes, content = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == '1', ARGV[4] == '1'
local gap, perMinute, perHour, perMinutePoints = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local minute, hour, id = tonumber(ARGV[9]), tonumber(ARGV[10]), ARGV[11]
local wait = tonumber(redis.call('GET', KEYS[4]) or '0') - now
local function need(ms) if ms > wait then wait = ms end end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - hour)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - minute)
local spent = redis.call('ZRANGE', KEYS[2], 0, -1, 'WITHSCORES')
local over = points - perMinutePoints
for i = 1, #spent, 2 do over = over + tonumber(string.match(spent[i], '^%d+')) end
for i = 1, #spent, 2 do
  if over <= 0 then break end
  over = over - tonumber(string.match(spent[i], '^%d+'))
  if over <= 0 then need(tonumber(spent[i + 1]) + minute - now) end
end
if writes then need(tonumber(redis.call('GET', KEYS[3]) or '-1e15') + gap - now) end
if content then
  local function leave(limit, window)
    local at = redis.call('ZRANGE', KEYS[1], -limit, -limit, 'WITHSCORES')
    if #at > 0 then need(tonumber(at[2]) + window - now) end
  end
  leave(perMinute, minute)
  leave(perHour, hour)
end
if wait > 0 then return math.ceil(wait) end
redis.call('ZADD', KEYS[2], now, points .. ':' .. id)
redis.call('PEXPIRE', KEYS[2], minute)
if writes then redis.call('SET', KEYS[3], now, 'PX', minute) end
if content then
  redis.call('ZADD', KEYS[1], now, id)
  redis.call('PEXPIRE', KEYS[1], hour)
end
return 0
`;

const blockScript = `
if tonumber(redis.call('GET', KEYS[1]) or '0') < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1], 'PXAT', ARGV[1]) end
return 0
`;

/** A ledger on Valkey: shared by all processes, and there again after a restart. */
export function createValkeyLedger(client: Valkey, prefix = "fleet"): BudgetLedger {
  // The braces keep an installation's keys on one node of a cluster.
  const key = (installation: number, name: string) => `${prefix}:budget:{${installation}}:${name}`;
  return {
    async take(installation, cost, limits, now) {
      const keys = ["content", "points", "last-write", "blocked"].map((name) => key(installation, name));
      const { gapMs, contentPerMinute, contentPerHour, pointsPerMinute } = limits;
      const answer = await client.eval(
        takeScript,
        keys.length,
        ...keys,
        now,
        cost.points,
        cost.writes ? 1 : 0,
        cost.createsContent ? 1 : 0,
        gapMs,
        contentPerMinute,
        contentPerHour,
        pointsPerMinute,
        windowMs.minute,
        windowMs.hour,
        randomUUID(),
      );
      return Number(answer);
    },
    async block(installation, until) {
      await client.eval(blockScript, 1, key(installation, "blocked"), Math.ceil(until));
    },
  };
}
