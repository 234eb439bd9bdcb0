// Value axes: domain and ticks.

import { extent } from "d3-array";
import { scaleLinear, type ScaleLinear } from "d3-scale";

// If the values would span a smaller share of an axis from zero than this, the axis begins near the
// lowest value.
const kWorthZero = 0.35;

export type Scale = ScaleLinear<number, number>;

export interface Axis {
  scale: Scale;
  ticks: number[];
  /** Whether the axis begins at zero. If not, the chart says where it begins. */
  fromZero: boolean;
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** A vertical axis for lines, of `height` pixels, with about `count` ticks. It ends at `ceiling` at
 *  the latest, unless a value is above. */
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
  // The chart writes where the axis begins, so let it be a round number.
  if (!fromZero)
    scale.domain([
      scale
        .copy()
        .nice(2 * count)
        .domain()[0]!,
      scale.domain()[1]!,
    ]);
  // No negative axis for values that are never negative.
  if (min >= 0 && scale.domain()[0]! < 0) scale.domain([0, scale.domain()[1]!]);
  if (max <= ceiling && scale.domain()[1]! > ceiling) scale.domain([scale.domain()[0]!, ceiling]);
  return { scale, ticks: scale.ticks(count), fromZero: scale.domain()[0] === 0 };
}

/** An axis for bars, of `length` pixels. It always includes zero. */
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

/** The same axis with ticks at whole numbers only, for counts. */
export function inWholes(axis: Axis): Axis {
  return { ...axis, ticks: axis.ticks.filter(Number.isInteger) };
}

/** The distance between ticks, which decides how many digits their labels need. */
export function stepOf(ticks: readonly number[]): number {
  return ticks.length > 1 ? ticks[1]! - ticks[0]! : 1;
}

const kSteps = [1, 2, 4, 5, 7, 10, 14, 20, 28, 30, 50];

/** The places, of `n`, that get a tick: at most `maxTicks`, evenly apart. */
export function everyNth(n: number, maxTicks: number): number[] {
  if (n <= 0) return [];
  const minStep = Math.max(1, Math.ceil(n / Math.max(1, maxTicks)));
  const step = kSteps.find((round) => round >= minStep) ?? minStep;
  const places: number[] = [];
  for (let place = 0; place < n; place += step) places.push(place);
  return places;
}

// About half the width of a label, in pixels. Nearer to an end, a centred label would leave the axis.
const kHalfText = 28;

/** The text-anchor of a label at `x`, such that it stays on an axis of `width`; in pixels. */
export function anchorOf(x: number, width: number): "start" | "middle" | "end" {
  return x < kHalfText ? "start" : x > width - kHalfText ? "end" : "middle";
}
