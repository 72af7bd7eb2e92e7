import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { labeledIssue } from "../../src/cli/bench/labeled-issue.ts";
import { loadAutocannon } from "../../src/cli/bench/load-autocannon.ts";
import { parseDeliveryBody } from "../../src/github/intake/parse-delivery-body.ts";
import { isSigned } from "../../src/github/intake/verify-signature.ts";

describe("the intake bench's load", () => {
  it("is signed deliveries of about 10 KB, each another", () => {
    const bodies = Array.from({ length: 50 }, (_, n) => labeledIssue(n));
    expect(new Set(bodies).size).toBe(50);
    for (const body of bodies) {
      expect(Buffer.byteLength(body)).toBeGreaterThan(9_000);
      expect(Buffer.byteLength(body)).toBeLessThan(11_000);
      expect(parseDeliveryBody(Buffer.from(body))).toEqual({ rawBody: body, installationId: 42 });
      const signature = `sha256=${createHmac("sha256", "bench").update(body).digest("hex")}`;
      expect(isSigned(Buffer.from(body), signature, ["other", "bench"])).toBe(true);
    }
  });

  it("has its generator", async () => {
    expect(await loadAutocannon()).toBeTypeOf("function");
  });
});
