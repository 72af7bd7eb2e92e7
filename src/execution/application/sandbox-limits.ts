import type { SandboxLimits } from "./ports.ts";

const mebibyte = 1024 * 1024;

/** What a run may use unless it says otherwise. Vitest needs 384 MB of private memory a process (ENGINES.md). */
export const sandboxLimits: SandboxLimits = {
  wallMs: 60_000,
  cpuSeconds: 60,
  processes: 128,
  memoryBytes: 1024 * mebibyte,
  fileBytes: 100 * mebibyte,
  diskBytes: 256 * mebibyte,
  tmpBytes: 256 * mebibyte,
  outputBytes: 4 * mebibyte,
};
