import { startSimulatedVllm } from "./simulated-vllm.ts";

// One simulated model server in a process of its own: node hosts-bench-server.js SLOTS STEP_MS. Prints its base URL.

const [, , slots = "", stepMs = ""] = process.argv;
const { url } = await startSimulatedVllm({
  slots: Number(slots),
  stepMs: Number(stepMs),
  prefillPerMs: 20,
  cacheBlocks: 20_000,
});
process.stdout.write(`${url}\n`);
process.once("disconnect", () => process.exit(0));
