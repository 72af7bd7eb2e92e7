import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import { connectGitHub } from "../../src/wiring/connect-github.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A GitHub that gives tokens, and answers everything else with this status. */
async function refusing(status: number, headers: Readonly<Record<string, string>>) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const isToken = request.url?.endsWith("/access_tokens") === true;
    if (!isToken) seen.push(`${request.method} ${request.url}`);
    const token = { token: "ghs_x", expires_at: new Date(Date.now() + 3_600_000).toISOString(), permissions: {} };
    response.writeHead(isToken ? 201 : status, { "content-type": "application/json", ...(isToken ? {} : headers) });
    response.end(JSON.stringify(isToken ? token : { message: "no" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const github = connectGitHub(
    {
      appId: 1,
      privateKey: privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
      webhookSecrets: ["a secret of this test"],
    },
    { host: `127.0.0.1:${port}`, protocol: "http" },
    pino({ level: "silent" }),
  );
  return { client: await github.octokitFor(7), seen };
}

describe("a client of an installation", () => {
  it.each([403, 404, 409, 422, 429])("asks once what is answered with %i: whoever asked decides", async (status) => {
    const { client, seen } = await refusing(status, { "retry-after": "1" });
    await expect(client.rest.repos.get({ owner: "acme", repo: "shop" })).rejects.toMatchObject({ status });
    await expect(client.rest.issues.create({ owner: "acme", repo: "shop", title: "x" })).rejects.toMatchObject({
      status,
    });
    expect(seen).toEqual(["GET /api/v3/repos/acme/shop", "POST /api/v3/repos/acme/shop/issues"]);
  });
});
