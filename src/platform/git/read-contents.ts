import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { RetryableError } from "../../kernel/errors.ts";
import { GitFailure, gitEnvironment } from "./run-git.ts";

/** Contents of blobs by their ids; what git does not have is absent. */
export type Contents = ReadonlyMap<string, Buffer>;

type Request = {
  /** What git has not answered yet, in its order. */
  readonly left: string[];
  readonly found: Map<string, Buffer>;
  readonly resolve: (contents: Contents) => void;
  readonly reject: (error: Error) => void;
};

type Reader = { read(ids: readonly string[]): Promise<Contents> };

/** A reader that nobody has asked for so long ends. */
const idleMs = 60_000;
/** An answer takes no longer. */
const timeoutMs = 120_000;

const readers = new Map<string, Reader>();

/**
 * Reads contents from a repository by one `git cat-file --batch` that is kept for the next ones: starting git takes longer than
 * the dozen files of a context.
 * @throws GitFailure where git gives up, or takes too long; RetryableError where it was ended
 * @throws RangeError for what is no id: it would be taken for several
 */
export function readContents(gitDirectory: string, ids: Iterable<string>): Promise<Contents> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return Promise.resolve(new Map());
  const wrong = wanted.find((id) => !/^[0-9a-f]{40,64}$/.test(id));
  if (wrong !== undefined)
    return Promise.reject(new RangeError(`${JSON.stringify(wrong.slice(0, 80))} is no id of git's`));
  const known = readers.get(gitDirectory);
  if (known !== undefined) return known.read(wanted);
  const opened = openReader(gitDirectory, () => {
    if (readers.get(gitDirectory) === opened) readers.delete(gitDirectory);
  });
  readers.set(gitDirectory, opened);
  return opened.read(wanted);
}

function openReader(gitDirectory: string, ended: () => void): Reader {
  const child = spawn("git", ["cat-file", "--batch"], {
    cwd: "/",
    env: { ...gitEnvironment(), GIT_DIR: gitDirectory },
  });
  const requests: Request[] = [];
  const answers = readAnswers();
  let timer: NodeJS.Timeout | undefined;
  let stderr = "";
  const end = (error: Error): void => {
    ended();
    clearTimeout(timer);
    child.kill("SIGKILL");
    for (const { reject } of requests.splice(0)) reject(error);
  };
  const fail = (why: string): void => end(new GitFailure("cat-file", child.exitCode, why));
  const settle = (): void => {
    clearTimeout(timer);
    const waits = requests.length > 0;
    // Nothing that is kept may keep this process from ending, and something that is waited for may not let it end.
    for (const each of [child, child.stdout, child.stdin, child.stderr]) hold(each, waits);
    timer = setTimeout(() => fail("it took too long"), waits ? timeoutMs : idleMs);
    if (!waits) timer.unref();
  };
  child.stdout.on("data", (chunk: Buffer) => {
    for (const content of answers(chunk)) {
      const [request] = requests;
      const id = request?.left.shift();
      if (request === undefined || id === undefined) return fail("it answered what nobody asked for");
      if (content !== null) request.found.set(id, content);
      if (request.left.length === 0) requests.shift()?.resolve(request.found);
    }
    settle();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr = `${stderr}${chunk.toString("utf8")}`.slice(0, 10_000);
  });
  child.on("error", end);
  child.once("close", (status) =>
    status === null ? end(new RetryableError("The process that reads from git ended.", 1_000)) : fail(stderr),
  );
  // It may end before it read what it was asked for; that it ended says why.
  child.stdin.on("error", () => undefined);
  return {
    read: (ids) =>
      new Promise((resolve, reject) => {
        requests.push({ left: [...ids], found: new Map(), resolve, reject });
        settle();
        child.stdin.write(ids.map((id) => `${id}\n`).join(""));
      }),
  };
}

type Held = Pick<ChildProcessWithoutNullStreams, "ref" | "unref">;

/** The streams of a child are sockets, which their types do not say. */
function hold(part: object, held: boolean): void {
  if (!isHeld(part)) return;
  if (held) part.ref();
  else part.unref();
}

function isHeld(part: object): part is Held {
  return "ref" in part && "unref" in part;
}

/** Parses `<id> blob <size>\n<bytes>\n` and `<id> missing\n` as they come; null: no blob is there. */
function readAnswers(): (chunk: Buffer) => readonly (Buffer | null)[] {
  let waiting: Buffer[] = [];
  let length = 0;
  let needed = 0;
  return (chunk) => {
    waiting.push(chunk);
    length += chunk.length;
    if (length < needed) return [];
    const bytes = Buffer.concat(waiting);
    const found: (Buffer | null)[] = [];
    let at = 0;
    for (;;) {
      const newline = bytes.indexOf(10, at);
      if (newline === -1) break;
      const [, type = "", size = ""] = bytes.subarray(at, newline).toString("latin1").split(" ");
      const isThere = type !== "missing" && type !== "ambiguous";
      const next = isThere ? newline + 1 + Number(size) + 1 : newline + 1;
      needed = next - at;
      if (bytes.length < next) break;
      found.push(type === "blob" ? bytes.subarray(newline + 1, next - 1) : null);
      at = next;
      needed = 0;
    }
    const rest = bytes.subarray(at);
    waiting = rest.length === 0 ? [] : [rest];
    length = rest.length;
    return found;
  };
}
