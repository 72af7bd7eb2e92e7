import { EventEmitter } from "node:events";
import type { PGlite } from "@electric-sql/pglite";
import { asRows } from "./trust-boundaries.ts";

type Rows<R> = { rows: R[]; rowCount: number };

/**
 * The part of `pg.Pool` that BullMQ uses, on in-process PGlite. There is one database session behind it, which PGlite
 * itself serialises; "clients" differ only in their listeners.
 *
 * BullMQ passes arrays and JSON texts as parameters as node-postgres would take them; PGlite encodes them by the types
 * that the statement asks for.
 */
export class PglitePool extends EventEmitter {
  /** Read by BullMQ: this "connection" cannot drop silently, so a worker may wait long for its notification. */
  readonly options = { keepAlive: true };
  readonly #database: PGlite;
  readonly #stopListening: () => void;

  constructor(database: PGlite) {
    super();
    this.setMaxListeners(0);
    this.#database = database;
    this.#stopListening = database.onNotification((channel, payload) => {
      this.emit("notification", { channel, payload });
    });
  }

  async query<R>(text: string, parameters: readonly unknown[] = []): Promise<Rows<R>> {
    if (parameters.length > 0) {
      const { rows, rowCount } = await this.#database.query<R>(text, [...parameters]);
      return { rows, rowCount: rowCount ?? rows.length };
    }
    // Without parameters a text may hold several statements, as migrations do: the simple protocol.
    const results = await this.#database.exec(text);
    const last = results.at(-1);
    return { rows: asRows<R>(last?.rows ?? []), rowCount: last?.rowCount ?? 0 };
  }

  /** A client of this one session. */
  connect(): Promise<PgliteClient> {
    return Promise.resolve(new PgliteClient(this));
  }

  /** Stops the notifications; the database is closed by its owner. */
  end(): Promise<void> {
    this.#stopListening();
    return Promise.resolve();
  }
}

/** What `pool.connect()` gives: queries go to the pool, notifications come from it. */
export class PgliteClient extends EventEmitter {
  readonly #pool: PglitePool;
  readonly #forward = (notification: unknown): void => {
    this.emit("notification", notification);
  };

  constructor(pool: PglitePool) {
    super();
    this.setMaxListeners(0);
    this.#pool = pool;
    pool.on("notification", this.#forward);
  }

  query<R>(text: string, parameters?: readonly unknown[]): Promise<Rows<R>> {
    return this.#pool.query<R>(text, parameters);
  }

  release(): void {
    this.#pool.off("notification", this.#forward);
  }
}
