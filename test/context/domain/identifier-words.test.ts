import { describe, expect, it } from "vitest";
import { identifierWords, stem } from "../../../src/context/domain/identifier-words.ts";

describe("the words of an identifier", () => {
  it.each([
    ["parseHTTPHeader", ["pars", "http", "header"]],
    ["invoice_totals", ["invoic", "total"]],
    ["MAX_RETRY-count", ["max", "retry", "count"]],
    ["The user's file is not in the list", ["file", "list"]],
    ["größeBerechnen", ["größe", "berechnen"]],
    ["x 42 a", []],
  ])("%s: %j", (text, words) => expect(identifierWords(text)).toEqual(words));

  it.each([
    ["trimming", "trim"],
    ["trim", "trim"],
    ["trimmed", "trim"],
    ["caching", "cach"],
    ["cache", "cach"],
    ["redaction", "redact"],
    ["queries", "query"],
    ["class", "class"],
    ["status", "status"],
  ])("%s has the stem %s", (word, expected) => expect(stem(word)).toBe(expected));
});
