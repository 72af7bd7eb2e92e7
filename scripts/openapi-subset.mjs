#!/usr/bin/env node
// Writes the part of GitHub's OpenAPI description that the local GitHub serves, for its tests.
//
//   npm install --prefix /tmp/openapi --ignore-scripts @octokit/openapi@23.0.2
//   node scripts/openapi-subset.mjs /tmp/openapi/node_modules/@octokit/openapi
//
// The package unpacks to 385 MB, so it is never a dependency. The operations are those whose ids stand in the routes of
// the local GitHub; the webhooks are those of the events that it sends.
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const source = process.argv[2];
if (source === undefined) {
  console.error("usage: node scripts/openapi-subset.mjs <directory of @octokit/openapi>");
  process.exit(64);
}
const root = fileURLToPath(new URL("..", import.meta.url));
const target = join(root, "test/playground/github");
const description = JSON.parse(readFileSync(join(source, "generated/api.github.com.json"), "utf8"));

const sentEvents =
  /^(check-run|create|delete|installation|installation-repositories|issue-comment|issue-dependencies|issues|label|member|membership|milestone|organization-member|ping|pull-request|pull-request-review|pull-request-review-comment|push|repository-(archived|unarchived|renamed|transferred|deleted)|status|sub-issues|team-(added|created|deleted|edited|removed))(-|$)/;

/** Operation ids as they stand in the sources: "issues/create". */
function servedIds() {
  const routes = join(root, "src/playground/github/routes");
  const text = readdirSync(routes)
    .map((file) => readFileSync(join(routes, file), "utf8"))
    .join("\n");
  return new Set([...text.matchAll(/"([a-z-]+\/[a-z-]+)"/g)].map((match) => match[1]));
}

/** Drops what no validation needs. */
function slim(value, insideProperties = false) {
  if (Array.isArray(value)) return value.map((item) => slim(item));
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(
    ([key]) => insideProperties || !/^(description|example|examples|title|externalDocs|default|x-.*)$/.test(key),
  );
  return Object.fromEntries(kept.map(([key, item]) => [key, slim(item, key === "properties" && !insideProperties)]));
}

function resolve(value) {
  return value?.$ref === undefined
    ? value
    : value.$ref
        .slice(2)
        .split("/")
        .reduce((at, part) => at[part], description);
}

function jsonSchema(content) {
  return content?.["application/json"]?.schema ?? content?.["application/scim+json"]?.schema;
}

function operationOf(method, path, operation) {
  const responses = Object.entries(operation.responses).map(([status, response]) => [
    status,
    slim(jsonSchema(resolve(response).content)) ?? null,
  ]);
  const body = resolve(operation.requestBody);
  return {
    method: method.toUpperCase(),
    path,
    request: slim(jsonSchema(body?.content)) ?? null,
    responses: Object.fromEntries(responses),
  };
}

const ids = servedIds();
const operations = {};
for (const [path, methods] of Object.entries(description.paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    if (ids.has(operation.operationId)) operations[operation.operationId] = operationOf(method, path, operation);
  }
}
const webhooks = {};
for (const [name, { post }] of Object.entries(description["x-webhooks"])) {
  if (sentEvents.test(name)) webhooks[name] = slim(jsonSchema(post.requestBody.content));
}

const schemas = {};
const waiting = [operations, webhooks];
for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
  for (const [, name] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    if (schemas[name] !== undefined) continue;
    schemas[name] = slim(description.components.schemas[name]);
    waiting.push(schemas[name]);
  }
}

const packed = gzipSync(JSON.stringify({ operations, webhooks, schemas }), { level: 9 });
writeFileSync(join(target, "openapi-subset.json.gz"), packed);
copyFileSync(join(source, "LICENSE"), join(target, "openapi-subset.LICENSE"));
const counts = [operations, webhooks, schemas].map((part) => Object.keys(part).length);
console.log(`${counts[0]} operations, ${counts[1]} webhooks, ${counts[2]} schemas, ${packed.length} bytes`);
