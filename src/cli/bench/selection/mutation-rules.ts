import type { TaskLanguage } from "./task.ts";

/** The mistakes that are made, by name. */
export type MutationRule =
  | "boundary"
  | "operator"
  | "logic"
  | "constant"
  | "string"
  | "off-by-one"
  | "call"
  | "arguments"
  | "branch"
  | "statement";

/** What may stand in a text's place. */
export type Swaps = Readonly<Record<string, readonly string[]>>;

export const boundary: Swaps = {
  "<": ["<="],
  "<=": ["<"],
  ">": [">="],
  ">=": [">"],
  "===": ["!=="],
  "!==": ["==="],
  "==": ["!="],
  "!=": ["=="],
};

export const operators: Swaps = {
  "+": ["-"],
  "-": ["+"],
  "*": ["+"],
  "%": ["*"],
  "+=": ["-=", "="],
  "-=": ["+="],
  "*=": ["+="],
};

export const logic: Swaps = { "&&": ["||"], "||": ["&&"], "??": ["&&"], and: ["or"], or: ["and"] };

export const truths: Swaps = { true: ["false"], false: ["true"], True: ["False"], False: ["True"] };

/** Calls that are easily taken for one another. */
export const calls: Readonly<Record<TaskLanguage, Swaps>> = {
  javascript: {
    min: ["max"],
    max: ["min"],
    floor: ["round", "ceil"],
    round: ["floor"],
    indexOf: ["lastIndexOf"],
    push: ["unshift"],
    shift: ["pop"],
    pop: ["shift"],
    padStart: ["padEnd"],
    filter: ["map"],
    endsWith: ["startsWith"],
    replaceAll: ["replace"],
  },
  python: {
    min: ["max"],
    max: ["min"],
    sorted: ["list"],
    all: ["any"],
    any: ["all"],
    ljust: ["rjust"],
    rstrip: ["strip"],
    isdigit: ["isalnum"],
  },
  go: {
    ToUpper: ["ToLower"],
    ToLower: ["ToUpper"],
    LastIndex: ["Index"],
    HasPrefix: ["HasSuffix", "Contains"],
  },
};

/** A condition by itself on its line, and the line where it never holds. */
export const conditions: Readonly<Record<TaskLanguage, { readonly pattern: RegExp; readonly never: string }>> = {
  javascript: { pattern: /^(\s*(?:\} )?(?:else )?if) \((.*)\)( .*)$/, never: "$1 (false)$3" },
  python: { pattern: /^(\s*(?:if|elif)) (.+)(:)$/, never: "$1 False$3" },
  go: { pattern: /^(\s*(?:\} else )?if) (?!.*:=)(.+)( \{)$/, never: "$1 false$3" },
};

/** A statement that can be left out, and what stands in its place. */
export const statements: Readonly<Record<TaskLanguage, { readonly pattern: RegExp; readonly instead: string }>> = {
  javascript: { pattern: /^(\s+)(?!const |let |return |for |while |if |\} ).*;$/, instead: "$1;" },
  python: { pattern: /^(\s+)(?!return\b|for |while |if |elif |else|break|pass|def ).*[^:,[({]$/, instead: "$1pass" },
  go: {
    pattern: /^(\s+)(?!return\b|for |if |case |default|switch |_ )(?!.*(?::=|\{$|[{,(]$))[\w.[\]]+.*$/,
    instead: "$1",
  },
};
