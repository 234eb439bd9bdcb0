import { expect, test } from "vitest";
import { bucketsOf, type Grain } from "../format/grains";
import { segmentsOf, keyTime, ticksIn, timeTicks, widestStep } from "./time";

const days = (...numbers: number[]) => numbers.map((day) => day * 86_400_000);
const ticks = (keys: readonly string[], grain: Grain | null, most = 7) =>
  timeTicks(
    keys.map((key) => keyTime(key, grain)),
    grain,
    most,
  ).map((tick) => tick.text);

test("a value without neighbours is a dot, and a line ends where a value is missing", () => {
  const segments = segmentsOf(days(0, 1, 2, 3, 4, 5), [1, null, 2, 3, null, 4], 1.5 * 86_400_000);
  expect(segments).toEqual({ lines: [[2, 3]], dots: [0, 5] });
  expect(segmentsOf(days(0), [1], Infinity)).toEqual({ lines: [], dots: [0] });
  expect(segmentsOf([], [], Infinity)).toEqual({ lines: [], dots: [] });
});

test("a line ends where days are missing between its times", () => {
  const times = days(0, 1, 7, 8, 20);
  expect(segmentsOf(times, [1, 2, 3, 4, 5], widestStep(times, null))).toEqual({
    lines: [
      [0, 1],
      [2, 3],
    ],
    dots: [4],
  });
});

test("months are a series, and events at any time are one as well", () => {
  const months = ["2025-01-01", "2025-02-01", "2025-03-01", "2025-04-01"].map((key) =>
    keyTime(key, null),
  );
  expect(segmentsOf(months, [1, 2, 3, 4], widestStep(months, null)).lines).toEqual([[0, 1, 2, 3]]);
  expect(widestStep(days(0, 0.001, 3, 7, 11, 12), null)).toBe(Infinity);
});

test("several values of one time are not joined", () => {
  const times = days(0, 0, 1, 1);
  expect(segmentsOf(times, [1, 2, 3, 4], widestStep(times, null)).dots).toEqual([0, 3]);
});

test("ticks say what changed: the year, the day, the hour", () => {
  expect(ticks(bucketsOf({ from: "2025-12-01", to: "2025-12-07" }, "day"), "day")[1]).toBe("2 Dec");
  expect(ticks(bucketsOf({ from: "2025-10-06", to: "2026-02-01" }, "week"), "week")).toEqual([
    "6 Oct 2025",
    "3 Nov",
    "1 Dec",
    "29 Dec",
    "26 Jan 2026",
  ]);
  // Also where the year changes behind the last tick.
  expect(ticks(["2025-12-01", "2025-12-08", "2026-01-05"], "week", 2)).toEqual([
    "1 Dec 2025",
    "5 Jan 2026",
  ]);
  expect(ticks(bucketsOf({ from: "2025-10-06", to: "2026-01-04" }, "week"), "week")[0]).toBe(
    "6 Oct",
  );
  expect(ticks(bucketsOf({ from: "2025-01-01", to: "2026-02-01" }, "month"), "month")).toEqual([
    "Jan 2025",
    "Mar 2025",
    "May 2025",
    "Jul 2025",
    "Sep 2025",
    "Nov 2025",
    "Jan 2026",
  ]);
  expect(ticks(bucketsOf({ from: "2025-12-05", to: "2025-12-06" }, "hour"), "hour")).toEqual([
    "5 Dec",
    "08:00",
    "16:00",
    "6 Dec",
    "08:00",
    "16:00",
  ]);
});

test("there are at most as many ticks as there is room for", () => {
  for (let n = 1; n < 400; n += 1) {
    const times = days(...Array.from({ length: n }, (_, day) => day));
    for (const grain of ["day", null] as const) {
      const { length } = timeTicks(times, grain, 7);
      expect(length).toBeLessThanOrEqual(7);
      expect(length).toBeGreaterThan(0);
    }
  }
  expect(timeTicks([], null, 7)).toEqual([]);
  expect(ticks(["2025-12-01", "2026-03-05"], null, 3).length).toBeGreaterThan(0);
});

test("texts with a year get more room", () => {
  expect(ticksIn(days(0, 30), 300)).toBe(4);
  expect(ticksIn(days(0, 400), 300)).toBe(2);
  expect(ticksIn(days(0, 30), 3000)).toBe(7);
  expect(ticksIn([], 10)).toBe(1);
});
