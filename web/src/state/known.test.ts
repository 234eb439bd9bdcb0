import { describe, expect, it } from "vitest";
import type { Chart, DimensionInfo, MeasureInfo, RangeInfo } from "../api/types";
import { coverageText, knownChart, unknownNames, type Known } from "./known";

const measure = (name: string, coverage: number | null) =>
  ({ name, coverage, of: "generations" }) as MeasureInfo;
const catalog: Known = {
  measures: [
    measure("speed", 0),
    measure("rate", 0.5),
    { ...measure("count", null), label: "Count" },
  ],
  dimensions: [
    { name: "plan", values: [null] },
    { name: "place", values: ["here", null] },
  ] as DimensionInfo[],
  ranges: [
    { name: "length", coverage: 0 },
    { name: "size", coverage: 1 },
  ] as RangeInfo[],
};
const chart = (measures: string[], dimensions: string[], place = ""): Chart => ({
  name: "chart",
  label: "",
  page: "",
  place,
  of: null,
  measures,
  dimensions,
  columns: [...measures, ...dimensions].map((name) => ({
    name,
    label: null,
    color: null,
    link: null,
    first: false,
  })),
});
const names = (of: Chart | null) => of && [of.measures, of.dimensions, of.columns.length];

describe("A chart", () => {
  it("stays as it is if something is known of all that it shows", () => {
    const whole = chart(["rate", "count"], ["place", "size"]);
    expect(knownChart(whole, catalog)).toBe(whole);
  });
  it("leaves out what is unknown everywhere", () => {
    expect(names(knownChart(chart(["speed", "rate"], ["plan", "place"]), catalog))).toEqual([
      ["rate"],
      ["place"],
      2,
    ]);
    expect(names(knownChart(chart([], ["length", "size"]), catalog))).toEqual([[], ["size"], 1]);
  });
  it("is none without a measure or a dimension", () => {
    expect(knownChart(chart(["speed"], ["place"]), catalog)).toBeNull();
    expect(knownChart(chart(["count"], ["plan"]), catalog)).toBeNull();
    expect(knownChart(chart(["count"], ["length"]), catalog)).toBeNull();
  });
  it("over time is whole without its dimension, which its title no longer names", () => {
    const split = { ...chart(["count"], ["plan"], "split"), label: "Count by {grain} and plan" };
    expect(names(knownChart(split, catalog))).toEqual([["count"], ["plan"], 2]);
    expect(knownChart(split, catalog)?.label).toBe("Count by {grain}");
  });
});

describe("Coverage", () => {
  it("is told only where it is not whole, and is never rounded up to it", () => {
    const [, rate] = catalog.measures;
    expect(coverageText(rate, 0.5)).toBe("known of 50\u202f% of generations");
    expect(coverageText(rate, 0.9999)).toBe("known of 99.9\u202f% of generations");
    expect(coverageText(rate, 0.004)).toBe("known of 0.4\u202f% of generations");
    expect(coverageText(rate, 1)).toBe("");
    expect(coverageText(rate, null)).toBe("");
  });
});

describe("The names of what is unknown", () => {
  const of = (signal: string, share: number) => ({
    signal,
    origin: share === 1 ? ("unknown" as const) : ("mixed" as const),
    shares: { unknown: share, observed: 1 - share },
  });
  const dimensions = [
    { name: "plan", label: "Plan", of: "users", values: [null] },
    { name: "place", label: "Place", of: "users", values: [null] },
    { name: "kind", label: "Kind", of: "users", values: [null] },
    { name: "age", label: "Age", of: "users", values: [null, "old"] },
    { name: "mood", label: "Mood", of: "sessions", values: [null] },
  ] as DimensionInfo[];

  it("are the signals that no row knows", () => {
    const signals = [of("speed", 1), of("rate", 0.5)];
    expect(unknownNames([], { signals, dimensions })).toEqual(["speed"]);
  });
  it("are also what the charts are by, if no signal names it", () => {
    const charts = [chart([], ["plan", "place", "age", "mood"])];
    const signals = [of("speed", 1), of("plan, size", 1)];
    expect(unknownNames(charts, { signals, dimensions })).toEqual(["speed", "plan, size", "place"]);
  });
});
