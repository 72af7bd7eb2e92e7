/** One thing that the process cannot work without. `ping` rejects with the cause when it is away. */
export type Probe = { readonly name: string; readonly ping: () => Promise<void> };

export type ComponentHealth = { readonly name: string; readonly ok: boolean; readonly why: string | null };

export type Readiness = { readonly ready: boolean; readonly components: readonly ComponentHealth[] };

/**
 * Asks every engine at once whether it answers. A probe that does not answer within `timeoutMs` counts as away, so that
 * the readiness probe itself always answers.
 */
export async function checkReadiness(probes: readonly Probe[], timeoutMs: number): Promise<Readiness> {
  const components = await Promise.all(probes.map((probe) => check(probe, timeoutMs)));
  return { ready: components.every(({ ok }) => ok), components };
}

async function check({ name, ping }: Probe, timeoutMs: number): Promise<ComponentHealth> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([ping(), late]);
    return { name, ok: true, why: null };
  } catch (error) {
    return { name, ok: false, why: error instanceof Error ? error.message : "unknown" };
  } finally {
    clearTimeout(timer);
  }
}
