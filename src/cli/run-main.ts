import { ConfigurationError } from "../kernel/errors.ts";

/** EX_CONFIG of sysexits.h: a wrong setting. */
const wrongConfiguration = 78;

/** Runs a process's main function: a wrong setting is one clear message and exit code 78, not a stack. */
export async function runMain(main: () => Promise<unknown>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    console.error(error.message);
    process.exitCode = wrongConfiguration;
  }
}
