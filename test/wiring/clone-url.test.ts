import { expect, test } from "vitest";
import { cloneUrls } from "../../src/wiring/source-of.ts";

test.each([
  ["where GitHub says", "http://git.test:3000", "http://git.test:3000/git/acme/shop.git", true],
  ["on a port of its own", "http://git.test:3000", "http://git.test:8080/acme/shop.git", true],
  ["never on another host", "http://git.test", "http://elsewhere.test/acme/shop.git", false],
  ["never by another protocol", "https://git.test", "http://git.test/acme/shop.git", false],
  ["never with a password in it", "http://git.test", "http://a:b@git.test/acme/shop.git", false],
  ["without any hint", "http://git.test", undefined, false],
  ["with a broken hint", "http://git.test", "acme/shop", false],
])("a repository is fetched %s", (_, webUrl, told, taken) => {
  const usual = `${webUrl}/acme/shop.git`;
  expect(cloneUrls(webUrl, "/acme/shop.git", told)).toEqual(taken ? [told, usual] : [usual]);
});
