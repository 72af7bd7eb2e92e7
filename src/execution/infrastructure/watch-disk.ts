import { measureDirectory } from "./measure-directory.ts";
import { sizeText } from "./size-text.ts";

/** Watches how much a work tree grows while a command runs in it. */
export type DiskWatch = {
  /** Looks again and again; tells the first reason to end the run. */
  start(onOverfull: (reason: string) => void): void;
  /** One look now: the reason why the work tree is overfull, or null. A fast command fills a disk between two looks. */
  look(): Promise<string | null>;
  end(): void;
};

/** Entries that a run may add to a work tree: an inode costs disk as well. */
const maxNewEntries = 50_000;

/** Opens a watch on a work tree as it is before the run. It rests ten times as long as a measurement took. */
export async function openDiskWatch(worktree: string, diskBytes: number): Promise<DiskWatch> {
  const unbounded = { bytes: Number.POSITIVE_INFINITY, entries: Number.POSITIVE_INFINITY };
  const before = await measureDirectory(worktree, unbounded);
  const bounds = { bytes: before.bytes + diskBytes, entries: before.entries + maxNewEntries };
  let timer: NodeJS.Timeout | undefined;
  let ended = false;

  const look = async (): Promise<string | null> => {
    const now = await measureDirectory(worktree, bounds, before.entries);
    if (now.complete) return null;
    if (now.bytes > bounds.bytes) return `let the work tree grow by more than ${sizeText(diskBytes)}`;
    if (now.entries > bounds.entries) return `made more than ${maxNewEntries.toLocaleString("en")} files`;
    return before.complete ? "made files that cannot be read" : null;
  };
  const start = (onOverfull: (reason: string) => void): void => {
    const again = async (): Promise<void> => {
      const started = performance.now();
      const reason = await look();
      if (ended) return;
      if (reason !== null) return onOverfull(reason);
      timer = setTimeout(run, Math.max(250, (performance.now() - started) * 10));
    };
    const run = (): void => {
      again().catch(() => onOverfull("left a work tree that cannot be measured"));
    };
    timer = setTimeout(run, 250);
  };
  return {
    start,
    look,
    end: () => {
      ended = true;
      clearTimeout(timer);
    },
  };
}
