// Time axes: the time of a key, ticks, and which values a line joins.

import { utcTicks } from "d3-time";
import { dayOf, longDay, shortDay, timeMs } from "../format/dates";
import { bucketStart, longestStep, type Grain } from "../format/grains";
import { anchorOf, type Scale } from "./scale";

const kDayMs = 86_400_000;

/** The time of a key in milliseconds since 1970: of a bucket, or without a grain of an ISO time. */
export function keyTime(key: string, grain: Grain | null): number {
  if (grain) return bucketStart(key, grain);
  return timeMs(key.length === 10 ? key + "T00:00:00" : key);
}

// If the median step is this many times the shortest, the times are events, not the buckets of a series.
const kIrregular = 20;
// Steps of a series vary: months have 28 to 31 days.
const kSlack = 1.5;

/** The longest step that a line crosses, in milliseconds; a longer step means that values are missing. */
export function widestStep(times: readonly number[], grain: Grain | null): number {
  if (grain) return longestStep(grain) * kSlack;
  const steps = times
    .slice(1)
    .map((time, place) => time - times[place]!)
    .filter((step) => step > 0)
    .sort((a, b) => a - b);
  const shortest = steps[0];
  if (shortest === undefined) return Infinity;
  return steps[Math.floor(steps.length / 2)]! > kIrregular * shortest
    ? Infinity
    : shortest * kSlack;
}

export interface Segments {
  /** The places that each line joins, two or more. */
  lines: number[][];
  /** Places without a neighbour, drawn as dots. */
  dots: number[];
}

/** Splits values at ascending times into lines and dots. A line ends where a value or a time is
 *  missing. */
export function segmentsOf(
  times: readonly number[],
  values: readonly (number | null | undefined)[],
  maxStep: number,
): Segments {
  const segments: Segments = { lines: [], dots: [] };
  let current: number[] = [];
  const end = () => {
    if (current.length > 1) segments.lines.push(current);
    else if (current.length === 1) segments.dots.push(current[0]!);
    current = [];
  };
  for (let place = 0; place < times.length; place += 1) {
    const value = values[place];
    if (value === null || value === undefined || !Number.isFinite(value)) {
      end();
      continue;
    }
    const last = current.at(-1);
    // Values of the same time are not joined.
    if (last !== undefined) {
      const step = times[place]! - times[last]!;
      if (step > maxStep || step <= 0) end();
    }
    current.push(place);
  }
  end();
  return segments;
}

export interface TimeTick {
  /** Milliseconds since 1970. */
  time: number;
  text: string;
}

const kSteps: Record<Grain, readonly number[]> = {
  hour: [1, 2, 3, 4, 6, 8, 12, 24],
  day: [1, 2, 4, 5, 7, 10, 14, 20, 28, 30, 50],
  week: [1, 2, 4, 6, 8, 10, 13, 26, 52],
  month: [1, 2, 3, 6, 12, 24, 60, 120],
};

// Pixels between ticks. Labels with a year are longer, and the first stands to the right of its tick.
const kShortText = 64;
const kLongText = 116;

/** How many ticks fit in so many pixels, at most seven. */
export function ticksIn(times: readonly number[], pixels: number): number {
  const years = new Set([times[0] ?? 0, times.at(-1) ?? 0].map(yearOf)).size;
  return Math.max(1, Math.min(7, Math.floor(pixels / (years > 1 ? kLongText : kShortText))));
}

/** At most `maxTicks` ticks: at every nth bucket, or without a grain at round times. */
export function timeTicks(
  times: readonly number[],
  grain: Grain | null,
  maxTicks: number,
): TimeTick[] {
  const first = times[0];
  const last = times.at(-1);
  if (first === undefined || last === undefined) return [];
  if (!grain) {
    if (first === last) return withTexts([first], first % kDayMs === 0 ? "day" : "hour", true);
    let round: number[] = [];
    for (
      let wanted = maxTicks;
      wanted > 0 && (round.length === 0 || round.length > maxTicks);
      wanted -= 1
    )
      round = utcTicks(new Date(first), new Date(last), wanted).map(Number);
    if (round.length === 0 || round.length > maxTicks) round = [first];
    return withTexts(
      round,
      round.every((time) => time % kDayMs === 0) ? "day" : "hour",
      yearOf(first) !== yearOf(last),
    );
  }
  const minStep = Math.max(1, Math.ceil(times.length / Math.max(1, maxTicks)));
  const step = kSteps[grain].find((round) => round >= minStep) ?? minStep;
  return withTexts(
    times.filter((_, place) => place % step === 0),
    grain === "week" ? "day" : grain,
    yearOf(first) !== yearOf(last),
  );
}

function yearOf(time: number): number {
  return new Date(time).getUTCFullYear();
}

/** Margins of a chart over time. */
export const kTimeMargins = { left: 44, right: 16, top: 8, bottom: 22, valueGap: 8, keyGap: 16 };

/** The ticks of a time axis as wide as `area`, as many as it has room for. */
export function axisTicks(
  times: readonly number[],
  grain: Grain | null,
  x: Scale,
  area: { plotWidth: number; scale: number },
): { position: number; text: string; anchor: "start" | "middle" | "end" }[] {
  return timeTicks(times, grain, ticksIn(times, area.plotWidth / area.scale)).map((tick) => ({
    position: x(tick.time),
    text: tick.text,
    anchor: anchorOf(x(tick.time), area.plotWidth),
  }));
}

// Labels each time with what differs from the one before: the hour, the day, the year.
function withTexts(
  times: readonly number[],
  unit: "hour" | "day" | "month",
  spansYears: boolean,
): TimeTick[] {
  const day = (time: number) => dayOf(Math.floor(time / kDayMs));
  return times.map((time, place) => {
    const now = day(time);
    const before = place > 0 ? day(times[place - 1]!) : "";
    if (unit === "month") return { time, text: longDay(now).replace(/^\d+ /, "") };
    if (unit === "day") {
      const withYear = spansYears && before.slice(0, 4) !== now.slice(0, 4);
      return { time, text: withYear ? longDay(now) : shortDay(now) };
    }
    const hour = new Date(time).toISOString().slice(11, 16);
    if (before === now) return { time, text: hour };
    return { time, text: hour === "00:00" ? shortDay(now) : `${shortDay(now)} ${hour}` };
  });
}
