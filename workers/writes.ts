// A worker process: the only process that writes to GitHub (ARCHITECTURE.md, "Processes").
import { runMain } from "../src/cli/run-main.ts";
import { runUp } from "../src/cli/up.ts";
import { parseEnvironment } from "../src/platform/config/environment.ts";

await runMain(() => runUp(parseEnvironment(process.env), new Set(["writes"])));
