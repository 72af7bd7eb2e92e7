import type { Workspace } from "../ports.ts";

/** Something that is made from a workspace while something else is waited for, such as a model's answer. */
export type Ahead<T> = {
  /** What was made; throws what went wrong in making it. */
  ready(): Promise<T>;
  /** Closes the workspace, also where nobody has asked for what was made. */
  close(): Promise<void>;
};

/** Opens a workspace and makes something from it at once, without anybody waiting. Whoever calls this must close it. */
export function openAhead<T>(open: () => Promise<Workspace>, make: (workspace: Workspace) => Promise<T>): Ahead<T> {
  const opening = open();
  const making = opening.then(make);
  // Told to whoever asks by `ready`; what nobody asks for may fail.
  making.catch(() => undefined);
  return {
    ready: () => making,
    async close() {
      const workspace = await opening.catch(() => null);
      await making.catch(() => undefined);
      await workspace?.close();
    },
  };
}
