import { parseXml, XmlElement } from "@rgrove/parse-xml";
import type { TestResult } from "../../check-matrix.ts";
import { cleanText, failureLines } from "../failure-lines.ts";
import { named, shortFile } from "./test-names.ts";

/**
 * Reads JUnit XML as pytest, Surefire, Gradle and many others write it: one document, or several one after the other.
 * Null when there is none that can be read.
 */
export function fromJUnit(text: string, root: string): TestResult[] | null {
  const documents = text.split(/(?=<\?xml\b)/).filter((part) => part.includes("<testsuite"));
  const read = documents.map(parsed).filter((element) => element !== null);
  return read.length === 0 ? null : read.flatMap((element) => testsOf(element, root));
}

function parsed(document: string): XmlElement | null {
  try {
    // Characters that XML does not know come from what tests print.
    const clean = document.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "");
    return parseXml(clean, { ignoreUndefinedEntities: true }).root;
  } catch {
    // Half a document: its runner was ended while it wrote.
    return null;
  }
}

function testsOf(element: XmlElement, root: string): TestResult[] {
  if (element.name === "testcase") return [testOf(element, root)];
  return childrenOf(element).flatMap((child) => testsOf(child, root));
}

function testOf(element: XmlElement, root: string): TestResult {
  const { name = "", classname = "", file = "" } = element.attributes;
  const children = childrenOf(element);
  const failure = children.find((child) => child.name === "failure" || child.name === "error");
  const skipped = children.some((child) => child.name === "skipped");
  return {
    name: nameOf(shortFile(file, root), classname, name),
    verdict: failure !== undefined ? "fail" : skipped ? "skipped" : "pass",
    reason: failure === undefined ? null : reasonOf(failure),
  };
}

/**
 * Pytest names file and module: `tests/test_a.py`, `tests.test_a.TestB`; others a class only. A module that could not be
 * collected is a test case without a class, called after the module.
 */
function nameOf(file: string, classname: string, name: string): string {
  const module = file.replace(/\.py$/, "").replaceAll("/", ".");
  if (classname === "" && file === "" && /^\w+(?:\.\w+)*$/.test(name)) return `${name.replaceAll(".", "/")}.py`;
  if (classname === "" && name === module) return named([file]);
  // CTest knows a name and no class, and writes it twice.
  if (file === "") return named(classname === name ? [name] : [classname, name]);
  if (classname === module) return named([file, name]);
  const suites = classname.startsWith(`${module}.`) ? classname.slice(module.length + 1).split(".") : [classname];
  return named([file, ...suites, name]);
}

function reasonOf(failure: XmlElement): string {
  const { message = "" } = failure.attributes;
  const { text } = failure;
  // Pytest's message of a collection says nothing; its text marks what was raised with an E.
  const raised = /^E\s+(.*)$/m.exec(text)?.[1] ?? "";
  if (message === "" || message === "collection failure") return cleanText(raised || failureLines(text));
  return cleanText(message);
}

function childrenOf(element: XmlElement): readonly XmlElement[] {
  return element.children.filter((child): child is XmlElement => child instanceof XmlElement);
}
