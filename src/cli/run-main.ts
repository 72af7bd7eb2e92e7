import { ConfigurationError, UserError } from "../kernel/errors.ts";

/** EX_CONFIG of sysexits.h: a wrong setting. */
const wrongConfiguration = 78;

/** Runs a process's main function: a wrong setting or a wrong file is one clear message and exit code 78, not a stack. */
export async function runMain(main: () => Promise<unknown>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (error instanceof UserError) console.error(`${error.message}\n${error.hint}`);
    else if (error instanceof ConfigurationError) console.error(error.message);
    else throw error;
    process.exitCode = wrongConfiguration;
  }
}
