import { mkdirSync } from "node:fs";
import { Journal } from "./journal.ts";
import type { Change, Entry } from "./journal-entry.ts";
import { PayloadLog } from "./payload-log.ts";
import type * as rows from "./rows.ts";
import type { Recorder } from "./table.ts";
import { Table } from "./table.ts";

const firstId = 1001;
const compactAfterBytes = 32 * 1024 * 1024;
const rowsPerEntry = 500;
/** GitHub keeps the log of deliveries for about three days. */
const deliveryLogMs = 3 * 24 * 3600 * 1000;

function createTables(record: Recorder) {
  return {
    accounts: new Table<rows.AccountRow>("accounts", record),
    memberships: new Table<rows.MembershipRow>("memberships", record, (row) => row.organizationId),
    teams: new Table<rows.TeamRow>("teams", record, (row) => row.organizationId),
    repositories: new Table<rows.RepositoryRow>("repositories", record, (row) => row.ownerId),
    labels: new Table<rows.LabelRow>("labels", record, (row) => row.repositoryId),
    milestones: new Table<rows.MilestoneRow>("milestones", record, (row) => row.repositoryId),
    issues: new Table<rows.IssueRow>("issues", record, (row) => row.repositoryId),
    comments: new Table<rows.CommentRow>("comments", record, (row) => row.issueId),
    reactions: new Table<rows.ReactionRow>("reactions", record, (row) => row.subjectId),
    reviews: new Table<rows.ReviewRow>("reviews", record, (row) => row.issueId),
    reviewComments: new Table<rows.ReviewCommentRow>("reviewComments", record, (row) => row.issueId),
    checkSuites: new Table<rows.CheckSuiteRow>("checkSuites", record, (row) => row.repositoryId),
    checkRuns: new Table<rows.CheckRunRow>("checkRuns", record, (row) => row.repositoryId),
    statuses: new Table<rows.StatusRow>("statuses", record, (row) => row.repositoryId),
    apps: new Table<rows.AppRow>("apps", record),
    installations: new Table<rows.InstallationRow>("installations", record, (row) => row.appId),
    installationTokens: new Table<rows.InstallationTokenRow>("installationTokens", record, (row) => row.installationId),
    deliveries: new Table<rows.DeliveryRow>("deliveries", record, (row) => row.appId),
  };
}

type Tables = ReturnType<typeof createTables>;

/**
 * Everything that the local GitHub knows. Rows live in memory; each transaction is one journal line, written before
 * {@link Store.transaction} returns. Transactions are synchronous, so they never interleave.
 */
export class Store {
  readonly tables: Tables;
  readonly payloads: PayloadLog;
  readonly #journal: Journal;
  #nextId = firstId;
  #open: { changes: Change[]; undos: Array<() => void>; nextId: number } | undefined;

  constructor(directory: string, now: () => Date) {
    mkdirSync(directory, { recursive: true });
    this.tables = createTables((change, undo) => {
      if (this.#open === undefined) throw new Error(`${change[0]} was changed outside a transaction`);
      this.#open.changes.push(change);
      this.#open.undos.push(undo);
    });
    this.#journal = new Journal(directory);
    this.#read();
    this.#forgetOldDeliveries(now().getTime() - deliveryLogMs);
    this.#compact();
    this.payloads = new PayloadLog(directory);
  }

  /** A new id, unique over all tables. Only inside a transaction. */
  id(): number {
    if (this.#open === undefined) throw new Error("An id was taken outside a transaction");
    const id = this.#nextId;
    this.#nextId += 1;
    return id;
  }

  /** Makes all changes of `work` or, when it throws, none. They are on disk when it returns. */
  transaction<T>(work: () => T): T {
    if (this.#open !== undefined) return work();
    const open = { changes: [], undos: [], nextId: this.#nextId };
    this.#open = open;
    try {
      const result = work();
      this.#commit(open.changes);
      return result;
    } catch (error) {
      this.#undo(open);
      throw error;
    } finally {
      this.#open = undefined;
    }
  }

  close(): void {
    this.#journal.close();
    this.payloads.close();
  }

  #commit(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    this.#journal.append({ next: this.#nextId, changes });
    if (this.#journal.bytes > compactAfterBytes) this.#compact();
  }

  #undo(open: { undos: ReadonlyArray<() => void>; nextId: number }): void {
    for (const undo of [...open.undos].reverse()) undo();
    this.#nextId = open.nextId;
  }

  #read(): void {
    const tables = new Map(Object.values(this.tables).map((table) => [table.name, table]));
    for (const entry of this.#journal.read()) {
      this.#nextId = entry.next;
      for (const [name, change] of entry.changes) tables.get(name)?.replay(change);
    }
  }

  #forgetOldDeliveries(before: number): void {
    for (const row of [...this.tables.deliveries.all()]) {
      if (row.attempted && Date.parse(row.deliveredAt) < before) this.tables.deliveries.drop(row.id);
    }
  }

  #compact(): void {
    this.#journal.rewrite(this.#snapshot());
  }

  *#snapshot(): Generator<Entry> {
    let changes: Change[] = [];
    for (const table of Object.values(this.tables)) {
      for (const row of table.all()) {
        changes.push([table.name, row]);
        if (changes.length < rowsPerEntry) continue;
        yield { next: this.#nextId, changes };
        changes = [];
      }
    }
    yield { next: this.#nextId, changes };
  }
}
