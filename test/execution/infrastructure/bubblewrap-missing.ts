import { spawnSync } from "node:child_process";

/** True where bubblewrap is not installed or may not make namespaces: the tests that need it are skipped. */
export const bubblewrapMissing =
  spawnSync("bwrap", ["--unshare-all", "--ro-bind", "/", "/", "true"], { stdio: "ignore" }).status !== 0;
