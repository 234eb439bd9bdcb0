import { expect, test } from "vitest";
import type { Catalog, RangeInfo } from "../api/types";
import { catalog } from "../state/catalog.svelte";
import { colorIn, colorOf, cssColor } from "./colors";

const range: RangeInfo = {
  name: "score",
  label: "Score",
  unit: "",
  format: "points",
  description: "",
  of: "sessions",
  edges: [0, 50],
  fine_edges: [0, 50],
  end: 100,
  coverage: 1,
  scale: true,
};

test("a value has the colour that the project gives it, else that of a series", () => {
  const info = { name: "mood", colors: { good: "green", null: "grey" } };
  catalog.data = { measures: [], dimensions: [info], ranges: [] } as unknown as Catalog;
  expect(colorOf("mood", "good")).toBe("var(--green)");
  expect(colorOf("mood", "")).toBe("var(--grey)");
  expect(colorOf("mood", "bad")).toBe("var(--series)");
  expect(colorOf("other", "good")).toBe("var(--series)");
  expect(cssColor("scale-2")).toBe("var(--scale-2)");
});

test.each([
  [-1, 1],
  [0, 1],
  [19.9, 1],
  [20, 2],
  [99, 5],
  [100, 5],
  [120, 5],
])("%d of 100 is step %d of the scale", (value, step) => {
  expect(colorIn(range, value)).toBe(`var(--scale-${step})`);
});

test("numbers without a scale have the colour of a series", () => {
  expect(colorIn({ ...range, scale: false }, 50)).toBe("var(--series)");
  expect(colorIn(undefined, 50)).toBe("var(--series)");
});
