// Days are ISO strings ("2025-12-05") in UTC. Only this file turns them into numbers and text.

const kDay = 86_400_000;
const kMonths = [
  "Jan",
  "Feb",
  "Mar",
  "Apr",
  "May",
  "Jun",
  "Jul",
  "Aug",
  "Sep",
  "Oct",
  "Nov",
  "Dec",
];
const kLongMonths = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

export interface Period {
  /** First day. */
  from: string;
  /** Last day, inclusive. */
  to: string;
}

/** Days since 1970; NaN if `day` is no day. */
export function dayNumber(day: string): number {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return NaN;
  const ms = Date.parse(day + "T00:00:00Z");
  // Date.parse takes the 31st of February for the 3rd of March.
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(day) ? ms / kDay : NaN;
}

export function dayOf(number: number): string {
  return new Date(number * kDay).toISOString().slice(0, 10);
}

export function isDay(text: string): boolean {
  return Number.isFinite(dayNumber(text));
}

export function addDays(day: string, days: number): string {
  return dayOf(dayNumber(day) + days);
}

export function daysIn(period: Period): number {
  return dayNumber(period.to) - dayNumber(period.from) + 1;
}

/** The second half of a period, so that the first half can be compared; null if it has no day. */
export function lastHalf(period: Period): Period | null {
  const days = Math.floor(daysIn(period) / 2);
  return days < 1 ? null : { from: addDays(period.to, 1 - days), to: period.to };
}

/** The whole month of a day. */
export function monthOf(day: string): Period {
  const [year, month] = day.split("-").map(Number) as [number, number];
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const stem = day.slice(0, 8);
  return { from: stem + "01", to: stem + String(last).padStart(2, "0") };
}

/** "5 Dec". */
export function shortDay(day: string): string {
  return `${Number(day.slice(8, 10))} ${kMonths[Number(day.slice(5, 7)) - 1]}`;
}

/** "5 Dec 2025". */
export function longDay(day: string): string {
  return `${shortDay(day)} ${day.slice(0, 4)}`;
}

/** "December 2025" for a whole month, else "5–9 Dec 2025", "28 Dec 2025 – 3 Jan 2026", "5 Dec 2025". */
export function periodName(period: Period): string {
  const month = monthOf(period.from);
  const year = period.from.slice(0, 4);
  if (month.from === period.from && month.to === period.to)
    return `${kLongMonths[Number(period.from.slice(5, 7)) - 1]} ${year}`;
  if (period.from === period.to) return longDay(period.from);
  if (period.from.slice(0, 7) === period.to.slice(0, 7))
    return `${Number(period.from.slice(8))}–${longDay(period.to)}`;
  if (year === period.to.slice(0, 4)) return `${shortDay(period.from)} – ${longDay(period.to)}`;
  return `${longDay(period.from)} – ${longDay(period.to)}`;
}

/** "2025-12-05 14:03:59", from an ISO time in UTC. */
export function isoTime(time: string | null | undefined, seconds = true): string {
  if (!time) return "–";
  return time.replace("T", " ").slice(0, seconds ? 19 : 16);
}

/** A time of the server in milliseconds since 1970; a time without zone is UTC. */
export function timeMs(time: string): number {
  const text = time.replace(" ", "T");
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : text + "Z");
}

/** "3 min ago" within a day; otherwise the ISO time. */
export function ago(time: string, now: number): string {
  const seconds = (now - timeMs(time)) / 1000;
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return isoTime(time, false);
}
