import { lintSource } from "@secretlint/core";
import { creator } from "@secretlint/secretlint-rule-preset-recommend";
import type { SecretScan } from "../application/ports.ts";

const id = "@secretlint/secretlint-rule-preset-recommend";

/** Looks for secrets with secretlint's recommended rules. It reports the rule and the line, never the text. */
export const scanSecrets: SecretScan = async (files) => {
  const findings = await Promise.all(
    files.map(async ({ path, text }) => {
      const { messages } = await lintSource({
        source: { content: text, filePath: path, contentType: "text" },
        options: { config: { rules: [{ id, rule: creator }] }, maskSecrets: true, noPhysicFilePath: true },
      });
      return messages.map(({ ruleId, loc }) => ({
        path,
        rule: ruleId.replace(/^.*secretlint-rule-/, ""),
        line: loc.start.line,
      }));
    }),
  );
  return findings.flat();
};
