// Buckets of time. The server names an hour "2025-12-05 13:00", a day "2025-12-05", a week by its Monday,
// and a month "2025-12".

import { dayNumber, dayOf, isoTime, longDay, monthOf, periodName, type Period } from "./dates";

export type Grain = "hour" | "day" | "week" | "month";

const kHourMs = 3_600_000;
const kDayMs = 24 * kHourMs;

/** The grain that a dimension names; "day" for any other dimension. */
export function asGrain(name: string | undefined): Grain {
  return name === "hour" || name === "week" || name === "month" ? name : "day";
}

/** Milliseconds since 1970 at which a bucket begins. */
export function bucketStart(key: string, grain: Grain): number {
  if (grain === "hour") return Date.parse(key.replace(" ", "T") + ":00Z");
  return dayNumber(grain === "month" ? key + "-01" : key) * kDayMs;
}

/** The days of a bucket; for an hour, its day. */
export function bucketDays(key: string, grain: Grain): Period {
  if (grain === "month") return monthOf(key + "-01");
  const day = key.slice(0, 10);
  return { from: day, to: grain === "week" ? dayOf(dayNumber(day) + 6) : day };
}

export function bucketEnd(key: string, grain: Grain): number {
  if (grain === "hour") return bucketStart(key, grain) + kHourMs;
  return (dayNumber(bucketDays(key, grain).to) + 1) * kDayMs;
}

/** The longest step from a bucket to the next, in milliseconds. */
export function longestStep(grain: Grain): number {
  const days = { hour: 1 / 24, day: 1, week: 7, month: 31 }[grain];
  return days * kDayMs;
}

/** "5 Dec 2025 13:00", "5 Dec 2025", "week of 1 Dec 2025", "December 2025". */
export function bucketName(key: string, grain: Grain): string {
  switch (grain) {
    case "hour":
      return `${longDay(key.slice(0, 10))} ${key.slice(11, 16)}`;
    case "day":
      return longDay(key);
    case "week":
      return `week of ${longDay(key)}`;
    case "month":
      return periodName(bucketDays(key, grain));
  }
}

/** The label of a column of buckets. */
export function grainLabel(grain: Grain): string {
  return { hour: "Hour, UTC", day: "Day, UTC", week: "Week from, UTC", month: "Month, UTC" }[grain];
}

/** How many `days` of the `of` days of a bucket are in a period; null if all are. */
export function partOf(
  key: string,
  grain: Grain,
  period: Period | null,
): { days: number; of: number } | null {
  if (!period || grain === "hour" || grain === "day") return null;
  const { from, to } = bucketDays(key, grain);
  const first = Math.max(dayNumber(from), dayNumber(period.from));
  const last = Math.min(dayNumber(to), dayNumber(period.to));
  const of = dayNumber(to) - dayNumber(from) + 1;
  const days = Math.max(0, last - first + 1);
  return days === of ? null : { days, of };
}

/** The keys of all buckets that have a day in the period. */
export function bucketsOf(period: Period, grain: Grain): string[] {
  const first = dayNumber(period.from);
  const last = dayNumber(period.to);
  const keys: string[] = [];
  if (grain === "month") {
    for (let day = first; day <= last;) {
      const month = monthOf(dayOf(day));
      keys.push(month.from.slice(0, 7));
      day = dayNumber(month.to) + 1;
    }
    return keys;
  }
  // 1970-01-01 was a Thursday.
  const begin = grain === "week" ? first - ((((first + 3) % 7) + 7) % 7) : first;
  for (let day = begin; day <= last; day += grain === "week" ? 7 : 1) {
    if (grain !== "hour") keys.push(dayOf(day));
    else
      for (let hour = 0; hour < 24; hour += 1)
        keys.push(isoTime(new Date(day * kDayMs + hour * kHourMs).toISOString(), false));
  }
  return keys;
}
