import { connect } from "node:net";

/** `busy`: something listens but gives no answer yet (it loads its data, or is about to end). */
export type ValkeyPresence = "answers" | "busy" | "absent";

const answerMs = 1_000;

/** Whether a server listens on this unix socket, and answers PING. */
export function valkeyPresence(socket: string): Promise<ValkeyPresence> {
  return new Promise((resolve) => {
    let connected = false;
    const connection = connect(socket);
    connection.setTimeout(answerMs);
    // Inline commands (the server's plain-text form) need no client library.
    connection.once("connect", () => {
      connected = true;
      connection.write("PING\r\n");
    });
    connection.once("data", (data) => settle(String(data).startsWith("+PONG") ? "answers" : "busy"));
    connection.once("timeout", () => settle("busy"));
    connection.once("error", () => settle(connected ? "busy" : "absent"));
    connection.once("close", () => settle(connected ? "busy" : "absent"));

    function settle(presence: ValkeyPresence): void {
      connection.destroy();
      resolve(presence);
    }
  });
}

/** Sends SHUTDOWN; resolves when the server closes the connection, which it does at its end. */
export function sendShutdown(socket: string, deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    const connection = connect(socket, () => connection.write("SHUTDOWN NOSAVE\r\n"));
    connection.setTimeout(deadlineMs, () => connection.destroy());
    connection.on("error", () => undefined); // "close" follows
    connection.once("close", () => resolve());
    connection.resume();
  });
}
