// Axes: where they begin, and their ticks.

import { extent } from "d3-array";
import { scaleLinear, type ScaleLinear } from "d3-scale";

// A line that fills less than this part of an axis from zero gets one that begins nearer to it.
const kWorthZero = 0.35;

export type Scale = ScaleLinear<number, number>;

export interface Axis {
  scale: Scale;
  ticks: number[];
  /** Whether the axis begins at zero; a line may do without, and says so. */
  fromZero: boolean;
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** A vertical axis for lines, from the bottom up; it does not go beyond `ceiling` unless a value does. */
export function lineAxis(
  values: readonly (number | null | undefined)[],
  height: number,
  count = 4,
  ceiling = Infinity,
): Axis {
  const [min, max] = extent(values.filter(isNumber));
  if (min === undefined || max === undefined)
    return { scale: scaleLinear([0, 1], [height, 0]), ticks: [], fromZero: true };
  const spread = max - min;
  const fromZero = min >= 0 && (spread >= kWorthZero * max || min === 0);
  const margin = spread === 0 ? Math.abs(max) * 0.1 || 1 : spread * 0.08;
  const scale = scaleLinear([fromZero ? 0 : min - margin, max + margin], [height, 0]);
  // One that does not begin at zero begins at a round number, since it says where.
  if (!fromZero)
    scale.domain([
      scale
        .copy()
        .nice(2 * count)
        .domain()[0]!,
      scale.domain()[1]!,
    ]);
  // What cannot be negative gets no axis that is.
  if (min >= 0 && scale.domain()[0]! < 0) scale.domain([0, scale.domain()[1]!]);
  if (max <= ceiling && scale.domain()[1]! > ceiling) scale.domain([scale.domain()[0]!, ceiling]);
  return { scale, ticks: scale.ticks(count), fromZero: scale.domain()[0] === 0 };
}

/** An axis for bars: it begins at zero, whatever the values. */
export function barAxis(
  values: readonly (number | null | undefined)[],
  length: number,
  count = 4,
): Axis {
  const [min = 0, max = 0] = extent(values.filter(isNumber));
  const low = Math.min(0, min);
  const high = Math.max(0, max);
  const scale = scaleLinear([low, low === high ? 1 : high], [0, length]);
  return { scale, ticks: scale.ticks(count), fromZero: true };
}

/** The same axis with ticks at whole numbers alone, for what is counted one by one. */
export function inWholes(axis: Axis): Axis {
  return { ...axis, ticks: axis.ticks.filter(Number.isInteger) };
}

/** The distance between ticks, to know how many digits they need. */
export function stepOf(ticks: readonly number[]): number {
  return ticks.length > 1 ? ticks[1]! - ticks[0]! : 1;
}

const kSteps = [1, 2, 4, 5, 7, 10, 14, 20, 28, 30, 50];

/** Which of `n` places get a tick, at most `most` of them, evenly apart. */
export function everyNth(n: number, maxTicks: number): number[] {
  if (n <= 0) return [];
  const minStep = Math.max(1, Math.ceil(n / Math.max(1, maxTicks)));
  const step = kSteps.find((round) => round >= minStep) ?? minStep;
  const places: number[] = [];
  for (let place = 0; place < n; place += step) places.push(place);
  return places;
}

// Half the width of a tick's text: nearer to an end of the axis it would leave it.
const kHalfText = 28;

/** How a tick's text stands to it, so that none leaves the axis; in pixels. */
export function anchorOf(x: number, width: number): "start" | "middle" | "end" {
  return x < kHalfText ? "start" : x > width - kHalfText ? "end" : "middle";
}
