import { readFile } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import type { Target } from "../probe-sandbox.ts";

/** What a pod without a network must not reach. `close` ends the server among them. */
export type NetworkTargets = { readonly targets: readonly Target[]; close(): void };

const connectMs = 2_000;

/**
 * Servers that this process does reach, and that a pod with the same network would: the cluster's API, its name server,
 * and one of this process's own at the addresses of its pod. What cannot be reached from here proves nothing.
 */
export async function openNetworkTargets(api: URL, resolverFile = "/etc/resolv.conf"): Promise<NetworkTargets> {
  const server = createServer((socket) => socket.end());
  const own = (await listen(server)) ?? 0;
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const resolver = await readFile(resolverFile, "utf8").catch(() => "");
  const possible: readonly Target[] = [
    { host: api.hostname.replace(/^\[|\]$/g, ""), port: Number(api.port || (api.protocol === "https:" ? 443 : 80)) },
    ...[...resolver.matchAll(/^nameserver\s+([\da-f.:]+)/gim)].map(([, host = ""]) => ({ host, port: 53 })),
    ...addresses.filter(({ internal }) => !internal).map(({ address }) => ({ host: address, port: own })),
  ];
  const reached = await Promise.all(possible.map(async (target) => ((await reaches(target)) ? [target] : [])));
  // A loopback address is another machine's inside a pod.
  const targets = reached.flat().filter(({ host }) => !/^(?:127\.|::1$|localhost$)/.test(host));
  return { targets, close: () => void server.close() };
}

function listen(server: Server): Promise<number | null> {
  return new Promise((resolve) => {
    server
      .once("error", () => resolve(null))
      .listen(0, () => {
        const address = server.address();
        resolve(typeof address === "object" && address !== null ? address.port : null);
      });
  });
}

function reaches({ host, port }: Target): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: connectMs });
    const done = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("connect", done(true)).on("timeout", done(false)).on("error", done(false));
  });
}
