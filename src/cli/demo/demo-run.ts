import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { isPortFree } from "../../playground/is-port-free.ts";
import { writeWhole } from "../write-whole.ts";

const run = z.object({ title: z.string(), repository: z.string(), webPort: z.int(), finished: z.boolean() });

export type DemoRun = {
  readonly directory: string;
  /** The port of the fleet's web server, the same after a restart unless another process took it. */
  readonly webPort: number;
  /** Whether this goes on with a run that a killed process left. */
  readonly resumed: boolean;
  finish(): void;
};

/**
 * Opens the folder of a demo run. A run of the same story that did not finish goes on where it may; anything else starts
 * afresh.
 */
export async function openDemoRun(
  directory: string,
  wanted: { readonly title: string; readonly repository: string },
  freePort: () => Promise<number>,
  mayResume = true,
): Promise<DemoRun> {
  const file = join(directory, "run.json");
  const earlier = existsSync(file) ? run.safeParse(JSON.parse(readFileSync(file, "utf8"))).data : undefined;
  const resumed =
    mayResume &&
    earlier !== undefined &&
    !earlier.finished &&
    earlier.title === wanted.title &&
    earlier.repository === wanted.repository;
  if (!resumed) rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const webPort = resumed && (await isPortFree(earlier.webPort)) ? earlier.webPort : await freePort();
  const save = (finished: boolean) => writeWhole(file, JSON.stringify({ ...wanted, webPort, finished }));
  save(false);
  return { directory, webPort, resumed, finish: () => save(true) };
}
