// Numbers as text. A missing value is an en dash, never 0 or NaN.

export const kMissing = "–";
const kMinus = "\u2212";
const kThin = "\u202f";

/** How a measure is written. `percent` and `points` take shares from 0 to 1. */
export type NumberFormat =
  "integer" | "decimal1" | "decimal2" | "percent" | "money" | "milliseconds" | "minutes" | "bytes";

type Maybe = number | null | undefined;

function isMissing(value: Maybe): value is null | undefined {
  return value === null || value === undefined || !Number.isFinite(value);
}

function withSign(text: string): string {
  return text.replace("-", kMinus);
}

const formatters = new Map<number, Intl.NumberFormat>();

function fixed(value: number, digits: number): string {
  let format = formatters.get(digits);
  if (!format) {
    format = new Intl.NumberFormat("en-GB", {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    formatters.set(digits, format);
  }
  // No "−0" after rounding.
  const text = format.format(value);
  return withSign(/[1-9]/.test(text) ? text : text.replace("-", ""));
}

/** 12345 → "12,345". */
export function integer(value: Maybe): string {
  return isMissing(value) ? kMissing : fixed(value, 0);
}

export function decimal(value: Maybe, digits: number): string {
  return isMissing(value) ? kMissing : fixed(value, digits);
}

/** From `from` on three significant digits and a unit: 1234567 → "1.23 M". */
export function compact(value: Maybe, from = 1e6): string {
  if (isMissing(value)) return kMissing;
  const size = Math.abs(value);
  if (size < from * 0.9995) return Number.isInteger(value) ? fixed(value, 0) : significant(value);
  for (const [unit, name] of [
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const) {
    // 999,500 is written 1.00 M.
    if (size >= unit * 0.9995) return significant(value / unit) + kThin + name;
  }
  return significant(value);
}

/** The short label of an axis tick: 120000 → "120 k". */
export function compactTick(value: number): string {
  const text = compact(value, 1e5);
  // "120 k" instead of "120.00 k".
  return text.replace(/\.0+(?=\u202f|$)/, "");
}

function significant(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return fixed(value, digits);
}

/** A share from 0 to 1: 0.941 → "94.1 %". */
export function percent(share: Maybe, digits = 1): string {
  return isMissing(share) ? kMissing : fixed(share * 100, digits) + kThin + "%";
}

/** A whole percent; a positive share that rounds to 0 is "< 1 %". */
export function share(value: Maybe): string {
  if (!isMissing(value) && value > 0 && value < 0.005) return "<" + kThin + "1" + kThin + "%";
  return percent(value, 0);
}

/** Milliseconds: 320 → "320 ms", 1320 → "1.32 s", 150000 → "2.5 min"; a duration that rounds to 0 is
 *  "< 1 ms". */
export function duration(ms: Maybe): string {
  if (isMissing(ms)) return kMissing;
  if (ms === 0) return "0";
  const size = Math.abs(ms);
  if (size < 0.5) return "<" + kThin + "1" + kThin + "ms";
  if (size < 999.5) return fixed(ms, 0) + kThin + "ms";
  if (size < 99_950) return significant(ms / 1000) + kThin + "s";
  if (size < 5_970_000) return fixed(ms / 60_000, 1) + kThin + "min";
  return fixed(ms / 3_600_000, 1) + kThin + "h";
}

export function bytes(value: Maybe): string {
  if (isMissing(value)) return kMissing;
  for (const [unit, name] of [
    [2 ** 30, "GiB"],
    [2 ** 20, "MiB"],
    [2 ** 10, "KiB"],
  ] as const) {
    if (Math.abs(value) >= unit) return significant(value / unit) + kThin + name;
  }
  return fixed(value, 0) + kThin + "B";
}

export function format(value: Maybe, how: NumberFormat): string {
  switch (how) {
    case "integer":
      return integer(value);
    case "decimal1":
      return decimal(value, 1);
    case "decimal2":
      return decimal(value, 2);
    case "percent":
      return percent(value);
    case "money":
      return isMissing(value) ? kMissing : Math.abs(value) >= 1000 ? compact(value) : money(value);
    case "milliseconds":
      return duration(value);
    case "minutes":
      return isMissing(value) ? kMissing : duration(value * 60_000);
    case "bytes":
      return bytes(value);
  }
}

/** An amount of any currency, with more digits the smaller it is: from a hundredth on up to four after the
 *  point, below it three significant ones, at most eight. */
export function money(value: Maybe): string {
  if (isMissing(value)) return kMissing;
  const size = Math.abs(value);
  return fixed(value, size >= 100 ? 1 : size >= 1 ? 2 : smallDigits(size));
}

/** Like money, with four digits or more after the point. */
export function moneySmall(value: Maybe): string {
  return isMissing(value) ? kMissing : fixed(value, smallDigits(Math.abs(value)));
}

function smallDigits(size: number): number {
  if (size >= 0.01 || size === 0) return 4;
  return Math.min(8, 2 - Math.floor(Math.log10(size)));
}

/** A change: of a share in points ("+1.2 pt"), of a decimal as the difference ("+0.8"), of others in
 *  percent of `before` ("+3.4 %"). */
export function change(now: Maybe, before: Maybe, how: NumberFormat): string {
  if (isMissing(now) || isMissing(before)) return kMissing;
  if (how === "percent") return signed((now - before) * 100, 1) + kThin + "pt";
  if (how === "decimal1" || how === "decimal2")
    return signed(now - before, how === "decimal1" ? 1 : 2);
  if (before === 0) return kMissing;
  return signed(((now - before) / before) * 100, 1) + kThin + "%";
}

/** With a sign, also for zero: "+1.2", "−0.3", "±0.0". */
export function signed(value: Maybe, digits: number): string {
  if (isMissing(value)) return kMissing;
  const text = fixed(Math.abs(value), digits);
  if (!/[1-9]/.test(text)) return "±" + text;
  return (value < 0 ? kMinus : "+") + text;
}

/** "1 session", "2,000 sessions". */
export function count(value: number, singular: string, plural = singular + "s"): string {
  return `${integer(value)} ${value === 1 ? singular : plural}`;
}

/** "1 row", "12,345 rows", "1.23 M rows". */
export function compactCount(value: number, singular: string, plural = singular + "s"): string {
  return `${compact(value)} ${value === 1 ? singular : plural}`;
}
