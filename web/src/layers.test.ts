// The folders form layers: a file imports from its own folder and from the layers above its own in this
// list.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

const kLayers = ["api", "format", "state", "parts", "charts", "pages", "."];

function layerOf(path: string): number {
  const folder = path.includes("/") ? path.slice(0, path.indexOf("/")) : ".";
  return kLayers.indexOf(folder);
}

/** The relative paths that a source file imports, resolved against the folder of this test. */
function importsOf(path: string): string[] {
  const text = readFileSync(join(import.meta.dirname, path), "utf8");
  return [...text.matchAll(/(?:\bfrom|\bimport\(|^import)\s*"(\.[^"]+)"/gm)].map((match) =>
    join(dirname(path), match[1]!),
  );
}

it("Folders import in one direction, so none of them form a circle", () => {
  const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" }).filter(
    (path) => /\.(ts|svelte)$/.test(path),
  );
  expect(sources.length).toBeGreaterThan(100);
  const wrong = sources.flatMap((path) =>
    importsOf(path)
      .filter((target) => !target.startsWith("styles/") && layerOf(target) > layerOf(path))
      .map((target) => `${path} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});
