// Values of measures as text, in the format that the catalog gives.

import type { MeasureInfo } from "../api/types";
import {
  change,
  compact,
  compactTick,
  decimal,
  duration,
  format,
  integer,
  money,
  moneySmall,
  percent,
  type NumberFormat,
} from "./numbers";

export type MeasureFormat = MeasureInfo["format"];

const kFormats: Record<MeasureFormat, NumberFormat> = {
  integer: "integer",
  share: "percent",
  points: "decimal1",
  ms: "milliseconds",
  money: "money",
  money_small: "money",
  ratio: "decimal2",
  minutes: "minutes",
};

/** The value in full, for tiles, tables and tooltips. */
export function write(value: number | null | undefined, how: MeasureFormat): string {
  if (how === "integer" && typeof value === "number" && Math.abs(value) >= 1e7)
    return compact(value);
  if (how === "money_small") return moneySmall(value);
  return format(value, kFormats[how]);
}

/** The change from `before` to `now`. */
export function writeChange(
  now: number | null | undefined,
  before: number | null | undefined,
  how: MeasureFormat,
): string {
  return change(now, before, kFormats[how]);
}

/** The short label of an axis tick; `step` is the distance between ticks. */
export function tickText(value: number, how: MeasureFormat, step: number): string {
  switch (how) {
    case "share":
      return percent(value, step * 100 < 0.999 ? 1 : 0);
    case "ms":
      return duration(value);
    case "points":
      return decimal(value, step < 1 ? (step < 0.1 ? 2 : 1) : 0);
    case "integer":
      return Math.abs(value) >= 100_000 ? compactTick(value) : integer(value);
    case "money":
    case "money_small":
    case "ratio":
    case "minutes":
      if (Math.abs(value) >= 100_000) return compactTick(value);
      return step < 1 ? trimmed(value, step) : whole(value);
  }
}

function trimmed(value: number, step: number): string {
  return decimal(value, Math.min(8, Math.ceil(-Math.log10(step) - 1e-9)));
}

function whole(value: number): string {
  return Number.isInteger(value) ? integer(value) : money(value);
}

/** The edge of a bin, without trailing zeros. */
export function edgeText(value: number, how: MeasureFormat): string {
  if (how === "ms") return duration(value);
  if (how === "share") return percent(value, 0);
  return String(Number(value.toPrecision(6)));
}
