import type { Logger } from "pino";
import { type BudgetLedger, createMemoryLedger } from "../github/budget/budget-ledger.ts";
import { createValkeyLedger } from "../github/budget/valkey-ledger.ts";
import type { QueueEngine } from "../platform/queue/queue-engine.ts";
import { closeValkeyConnection, openValkeyConnection } from "../platform/queue/valkey-connection.ts";

/**
 * The ledger of requests to GitHub: on the Valkey of the queues, shared and kept over restarts; in memory where the
 * queues are in process, too.
 */
export function openLedger(
  queues: QueueEngine,
  logger: Logger,
): { readonly ledger: BudgetLedger; readonly close: () => Promise<void> } {
  if (queues.address === null) return { ledger: createMemoryLedger(), close: async () => {} };
  const client = openValkeyConnection(queues.address, logger);
  return { ledger: createValkeyLedger(client), close: () => closeValkeyConnection(client) };
}
