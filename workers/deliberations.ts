// A worker process: councils: needs the queues, git and the model hosts, and holds no secret (ARCHITECTURE.md, "Processes").
import { runMain } from "../src/cli/run-main.ts";
import { runUp } from "../src/cli/up.ts";
import { parseEnvironment } from "../src/platform/config/environment.ts";

await runMain(() => runUp(parseEnvironment(process.env), new Set(["deliberations"])));
