import { expect, test } from "vitest";
import {
  bytes,
  change,
  compact,
  compactCount,
  compactTick,
  count,
  duration,
  format,
  integer,
  money,
  percent,
  share,
  signed,
} from "./numbers";

// A narrow space is written as _ here, to be seen.
const plain = (text: string) => text.replaceAll("\u202f", "_").replaceAll("\u2212", "-");

test.each([
  [integer(12345), "12,345"],
  [integer(-0.2), "0"],
  [compact(12345), "12,345"],
  [compact(1_234_567), "1.23_M"],
  [compact(999_999), "1.00_M"],
  [compact(2_500_000_000), "2.50_G"],
  [compactTick(80_000), "80,000"],
  [compactTick(120_000), "120_k"],
  [compactTick(2_000_000), "2_M"],
  [percent(0.941), "94.1_%"],
  [percent(1), "100.0_%"],
  [percent(-0.00001), "0.0_%"],
  [share(0.0004), "<_1_%"],
  [share(0), "0_%"],
  [duration(320), "320_ms"],
  [duration(0), "0"],
  [duration(0.2), "<_1_ms"],
  [duration(0.7), "1_ms"],
  [count(1, "session"), "1 session"],
  [count(0, "session"), "0 sessions"],
  [compactCount(1, "row"), "1 row"],
  [compactCount(1_234_567, "row"), "1.23_M rows"],
  [duration(999.6), "1.00_s"],
  [duration(1320), "1.32_s"],
  [duration(15_700), "15.7_s"],
  [duration(150_000), "2.5_min"],
  [duration(8_640_000), "2.4_h"],
  [bytes(217_772_032), "208_MiB"],
  [money(0.2657), "0.2657"],
  [money(24.394), "24.39"],
  [money(608.44), "608.4"],
  [money(0.00421), "0.00421"],
  [money(0.0000004), "0.00000040"],
  [money(0), "0.0000"],
])("%s", (text, expected) => {
  expect(plain(text)).toBe(expected);
});

test("what is missing is a dash, whatever it is", () => {
  for (const value of [null, undefined, NaN, Infinity]) {
    for (const how of [
      "integer",
      "percent",
      "money",
      "milliseconds",
      "minutes",
      "bytes",
      "decimal1",
    ] as const)
      expect(format(value, how)).toBe("–");
    expect(compact(value)).toBe("–");
    expect(share(value)).toBe("–");
    expect(signed(value, 1)).toBe("–");
  }
});

test("a change of a share is in points, never a percent of a percent", () => {
  expect(plain(change(0.953, 0.941, "percent"))).toBe("+1.2_pt");
  expect(plain(change(0.941, 0.953, "percent"))).toBe("-1.2_pt");
  expect(plain(change(24.8, 24.9, "decimal1"))).toBe("-0.1");
  expect(plain(change(48_002, 50_000, "integer"))).toBe("-4.0_%");
  expect(plain(change(5, 0, "integer"))).toBe("–");
  expect(plain(change(24.91, 24.89, "decimal1"))).toBe("±0.0");
});
