import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** What a program of this machine's own says; empty where it fails. It runs outside, on nothing of a candidate's. */
export async function askProgram(program: string, args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)(program, args, { cwd: "/", timeout: 20_000 })).stdout.trim();
  } catch {
    // A shim without a version behind it: the program counts as not installed.
    return "";
  }
}
