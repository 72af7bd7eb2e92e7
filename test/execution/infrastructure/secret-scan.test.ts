import { describe, expect, it } from "vitest";
import { scanSecrets } from "../../../src/execution/infrastructure/secret-scan.ts";

describe("scanSecrets", () => {
  it("names the rule and the line of a secret, and not the secret", async () => {
    // Put together here, so that this file is not a finding itself.
    const token = `ghp_${"wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO".padEnd(36, "0")}`;
    const key =
      ["-----BEGIN RSA", "PRIVATE KEY-----\n"].join(" ") +
      "MIIEpAIBAAKCAQEA".repeat(8) +
      ["\n-----END RSA", "PRIVATE KEY-----"].join(" ");
    const findings = await scanSecrets([
      { path: "src/a.js", text: `let a;\nconst token = "${token}";\n` },
      { path: "key.pem", text: key },
      { path: "src/b.js", text: "const token = process.env.TOKEN;\n" },
    ]);
    expect(findings).toEqual([
      { path: "src/a.js", rule: "github", line: 2 },
      { path: "key.pem", rule: "privatekey", line: 1 },
    ]);
    expect(JSON.stringify(findings)).not.toContain("wWPw5k4a");
  });
});
