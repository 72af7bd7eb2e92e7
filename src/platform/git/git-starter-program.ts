/**
 * The small process that starts git (see `startGit`), as a program for `node -e`: the tests run the sources, which Node
 * cannot load by itself. It ends with the process that started it, and git with it; signals to the whole group leave it, so
 * that a fleet which shuts down can finish what it does.
 */
export const gitStarterProgram = `
import { spawn } from "node:child_process";

const running = new Map();

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
process.on("disconnect", () => {
  for (const child of running.values()) child.kill("SIGKILL");
  process.exit();
});

process.on("message", (call) => {
  if (call.end === true) return void running.get(call.id)?.kill("SIGKILL");
  try {
    run(call);
  } catch (error) {
    process.send({ id: call.id, error: told(error) });
  }
});

const told = ({ message, code, syscall }) => ({ message, code, syscall });

function run({ id, args, env, cwd, input, most, timeoutMs }) {
  const child = spawn("git", args, { env, cwd });
  running.set(id, child);
  const stdout = [];
  const said = { stderr: "", cut: false, late: false };
  let length = 0;
  const timer = setTimeout(() => {
    said.late = true;
    child.kill("SIGKILL");
  }, timeoutMs);
  const answer = (end) => {
    clearTimeout(timer);
    if (running.delete(id)) process.send({ id, ...said, stdout: Buffer.concat(stdout), ...end });
  };
  child.stdout.on("data", (chunk) => {
    length += chunk.length;
    if (!said.cut) stdout.push(chunk);
    if (length <= most || said.cut) return;
    said.cut = true;
    child.kill("SIGKILL");
  });
  child.stderr.on("data", (chunk) => {
    if (said.stderr.length < 10_000) said.stderr += chunk.toString("utf8");
  });
  child.once("error", (error) => answer({ error: told(error) }));
  // Git may end without reading all of its input; its status says why.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  child.once("close", (status) => answer({ status }));
}
`;
