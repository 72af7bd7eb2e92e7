import type { IncomingMessage } from "node:http";

/** `too-large` and `aborted`: the rest of the body was not read. */
export type Body = { readonly kind: "read"; readonly bytes: Buffer } | { readonly kind: "too-large" | "aborted" };

/**
 * Reads a request's body up to a limit. The header is asked first, but the bytes are counted too: a chunked body tells no
 * length.
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Body> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) {
    return Promise.resolve({ kind: "too-large" });
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) {
        chunks.length = 0;
        request.pause();
        settle({ kind: "too-large" });
      } else {
        chunks.push(chunk);
      }
    });
    request.once("end", () => {
      const [only] = chunks;
      settle({ kind: "read", bytes: chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, length) });
    });
    request.once("error", () => settle({ kind: "aborted" }));
    request.once("close", () => settle({ kind: "aborted" }));

    function settle(body: Body): void {
      request.removeAllListeners("data");
      resolve(body);
    }
  });
}
