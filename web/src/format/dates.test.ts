import { expect, test } from "vitest";
import {
  addDays,
  ago,
  daysIn,
  isDay,
  isoTime,
  lastHalf,
  monthOf,
  periodName,
  shortDay,
  timeMs,
} from "./dates";

test("days are counted across months, years and leap days", () => {
  expect(addDays("2024-02-28", 1)).toBe("2024-02-29");
  expect(addDays("2025-12-31", 1)).toBe("2026-01-01");
  expect(daysIn({ from: "2025-11-01", to: "2025-12-31" })).toBe(61);
});

test("what is no day is told", () => {
  for (const text of ["", "2025-2-1", "2025-02-30", "2025-13-01", "tomorrow", "2025-01-01T00:00"])
    expect(isDay(text)).toBe(false);
  expect(isDay("2024-02-29")).toBe(true);
});

test.each([
  ["2025-12-01", "2025-12-31", "December 2025"],
  ["2024-02-01", "2024-02-29", "February 2024"],
  ["2025-12-01", "2025-12-30", "1–30 Dec 2025"],
  ["2025-12-05", "2025-12-05", "5 Dec 2025"],
  ["2025-11-01", "2025-12-31", "1 Nov – 31 Dec 2025"],
  ["2025-12-28", "2026-01-03", "28 Dec 2025 – 3 Jan 2026"],
])("%s to %s is %s", (from, to, name) => {
  expect(periodName({ from, to })).toBe(name);
});

test("a month is known by any of its days", () => {
  expect(monthOf("2025-02-14")).toEqual({ from: "2025-02-01", to: "2025-02-28" });
  expect(shortDay("2025-12-05")).toBe("5 Dec");
});

test("times are UTC, with a zone or without", () => {
  expect(isoTime("2025-12-05T14:03:59.123Z")).toBe("2025-12-05 14:03:59");
  expect(timeMs("2025-12-05 14:03:59")).toBe(timeMs("2025-12-05T14:03:59Z"));
  const now = timeMs("2025-12-05T14:03:59Z");
  expect(ago("2025-12-05T14:03:58Z", now)).toBe("just now");
  expect(ago("2025-12-05T13:00:00Z", now)).toBe("1 h ago");
  expect(ago("2025-12-01T13:00:00Z", now)).toBe("2025-12-01 13:00");
});

test("the last half of a period has as many days before it", () => {
  const whole = { from: "2025-12-01", to: "2025-12-31" };
  const half = lastHalf(whole)!;
  expect(half).toEqual({ from: "2025-12-17", to: "2025-12-31" });
  expect(addDays(half.from, -daysIn(half)) >= whole.from).toBe(true);
  expect(lastHalf({ from: "2025-12-01", to: "2025-12-01" })).toBeNull();
});
