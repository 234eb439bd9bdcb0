// Pages take the names of measures, dimensions and their values from the catalog, so that a project's
// own are shown like the built-in ones: no source names one.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const kSemantic = join(import.meta.dirname, "../../dbt/models/semantic");

// Words that mean something else as well: tables of the API and their keys, grains, states of runs.
const kOtherMeanings = new Set([
  ...["sessions", "generations", "users", "user"],
  ...[
    "session",
    "generation",
    "session_start",
    "hour",
    "day",
    "week",
    "month",
    "success",
    "status",
  ],
  ...["true", "false", "null"],
]);

// Words of simulated data; the data decide which there are.
const kSimulatedWords = ["enterprise", "us-west", "us-east", "desktop", "tablet"];

function read(file: string): string {
  return readFileSync(join(kSemantic, file), "utf8");
}

/** The names of measures, dimensions and ranges, and the values that have a word, colour or shape. */
function semanticNames(): Set<string> {
  const names = new Set<string>();
  for (const file of ["users.yml", "sessions.yml", "generations.yml", "metrics.yml"]) {
    const text = read(file);
    for (const [, name] of text.matchAll(/\bname: "?([a-z]\w*)"?/g)) names.add(name!);
    for (const [, block] of text.matchAll(/\b(?:colors|shapes):\n((?: {14,}.*\n)+)/g))
      for (const [, value] of block!.matchAll(/^ *([\w-]+):/gm)) names.add(value!);
    for (const [, map] of text.matchAll(/\b(?:colors|shapes|words): \{([^}]*)\}/g))
      for (const [, value] of map!.matchAll(/([\w-]+)"?:/g)) names.add(value!);
  }
  for (const word of kSimulatedWords) names.add(word);
  for (const name of names) if (kOtherMeanings.has(name) || !/[a-z]/.test(name)) names.delete(name);
  return names;
}

/** What a source has as a text of its own, or as part of the name of a CSS variable. */
function wordsOf(source: string): string[] {
  const code = source.replace(
    /catalog\s*\.\w+\("\w+", "\w+"\)|catalog\.tiles\("\w+"\)|<!--[\s\S]*?-->|\/\*[\s\S]*?\*\/|\/\/ .*$|\b(?:role|class|page|aria-\w+|data-unit)="[^"]*"/gm,
    "",
  );
  const texts = [...code.matchAll(/(["'`])([\w-]+)\1/g)].map((match) => match[2]!);
  const variables = [...code.matchAll(/--([a-z]\w*)-/g)].map((match) => match[1]!);
  return [...texts, ...variables];
}

it("No source names a measure, a dimension or a value of the project", () => {
  const names = semanticNames();
  for (const known of ["tier", "success_rate", "latency_ms", "enterprise", "model_error"])
    expect(names).toContain(known);
  const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" }).filter(
    (path) =>
      /\.(ts|svelte|css)$/.test(path) &&
      !/\.test\.ts$|\.d\.ts$/.test(path) &&
      !["state/sample.ts", "state/routes.ts"].includes(path),
  );
  expect(sources.length).toBeGreaterThan(100);
  const wrong = sources.flatMap((path) =>
    wordsOf(readFileSync(join(import.meta.dirname, path), "utf8"))
      .filter((word) => names.has(word))
      .map((word) => `${path}: ${word}`),
  );
  expect(wrong).toEqual([]);
});

it("The check finds a name in code, in markup and in CSS, and none in comments", () => {
  const source = [
    'const kParts = ["tier"]; // "region"',
    "/* 'device' */ <Chart of={`latency_ms`} /> <!-- \"model\" -->",
    '<p role="region" data-of="complexity">',
    "color: var(--model-error);",
  ].join("\n");
  expect(wordsOf(source)).toEqual(["tier", "latency_ms", "complexity", "model"]);
});
