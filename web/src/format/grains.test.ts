import { expect, test } from "vitest";
import {
  asGrain,
  bucketDays,
  bucketEnd,
  bucketName,
  bucketsOf,
  bucketStart,
  grainLabel,
  partOf,
} from "./grains";

test("a bucket says what it is", () => {
  expect(bucketName("2025-12-05 13:00", "hour")).toBe("5 Dec 2025 13:00");
  expect(bucketName("2025-12-05", "day")).toBe("5 Dec 2025");
  expect(bucketName("2025-12-01", "week")).toBe("week of 1 Dec 2025");
  expect(bucketName("2025-12", "month")).toBe("December 2025");
  expect(grainLabel("week")).toBe("Week from, UTC");
  expect(asGrain("week")).toBe("week");
  expect(asGrain("tier")).toBe("day");
});

test("a bucket is as long as it is", () => {
  const hours = (key: string, grain: "hour" | "day" | "week" | "month") =>
    (bucketEnd(key, grain) - bucketStart(key, grain)) / 3_600_000;
  expect(hours("2025-12-05 13:00", "hour")).toBe(1);
  expect(hours("2025-12-05", "day")).toBe(24);
  expect(hours("2025-12-01", "week")).toBe(168);
  expect(hours("2024-02", "month")).toBe(29 * 24);
  expect(bucketDays("2025-12-29", "week")).toEqual({ from: "2025-12-29", to: "2026-01-04" });
});

test("weeks and months that a period cuts are told", () => {
  const december = { from: "2025-12-01", to: "2025-12-31" };
  expect(partOf("2025-12-29", "week", december)).toEqual({ days: 3, of: 7 });
  expect(partOf("2025-12-22", "week", december)).toBeNull();
  expect(partOf("2025-12", "month", december)).toBeNull();
  expect(partOf("2026-01", "month", { from: "2025-12-01", to: "2026-01-10" })).toEqual({
    days: 10,
    of: 31,
  });
  expect(partOf("2025-12-05", "day", december)).toBeNull();
});

test("a period has every bucket once, named as the server names them", () => {
  expect(bucketsOf({ from: "2025-12-30", to: "2026-01-01" }, "day")).toEqual([
    "2025-12-30",
    "2025-12-31",
    "2026-01-01",
  ]);
  expect(bucketsOf({ from: "2025-12-31", to: "2026-01-06" }, "week")).toEqual([
    "2025-12-29",
    "2026-01-05",
  ]);
  expect(bucketsOf({ from: "2025-11-30", to: "2026-01-06" }, "month")).toEqual([
    "2025-11",
    "2025-12",
    "2026-01",
  ]);
  const hours = bucketsOf({ from: "2025-12-05", to: "2025-12-06" }, "hour");
  expect(hours).toHaveLength(48);
  expect(hours[13]).toBe("2025-12-05 13:00");
});
