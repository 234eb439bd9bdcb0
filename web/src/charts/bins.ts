// A histogram to scale: the width of a bar is that of its bin, its area the count. If all bins have the
// same width, heights are counts; otherwise a height is the count per width of the narrowest bin.

export interface Bins {
  /** Lower edges. The last bin is open upwards. */
  edges: number[];
  /** The left end of each bar, from 0, and its width, both in the unit of the edges. */
  left: number[];
  width: number[];
  /** The sum of all widths. */
  total: number;
  /** The width of the narrowest bin: a height is a count per so much. */
  unit: number;
  /** Whether all bins have the same width, so that heights are counts. */
  equal: boolean;
}

// Bins at the end that hold less than this share become one bar; to scale they would squeeze the others.
const kTail = 0.02;
const kMinBins = 6;
const kSame = 1e-9;

/** The bins to draw. `edges` are lower edges, `counts` the count of each; a long thin tail becomes one
 *  bin. */
export function binsOf(edges: readonly number[], counts: readonly number[]): Bins {
  const widths = edges.slice(1).map((edge, bin) => edge - edges[bin]!);
  const same = (list: readonly number[]) =>
    list.every((width) => Math.abs(width - list[0]!) <= kSame * Math.max(1, list[0]!));
  let last = Math.max(0, edges.length - 1);
  if (!same(widths)) {
    const count = counts.reduce((sum, each) => sum + each, 0);
    let tail = counts[last] ?? 0;
    while (last > kMinBins - 1 && tail + (counts[last - 1] ?? 0) <= kTail * count) {
      last -= 1;
      tail += counts[last] ?? 0;
    }
  }
  const width = widths.slice(0, last);
  // The open bin has no width: it is drawn as wide as the bin before it.
  width.push(width.at(-1) ?? 1);
  const left: number[] = [];
  let total = 0;
  for (const each of width) {
    left.push(total);
    total += each;
  }
  return {
    edges: edges.slice(0, last + 1),
    left,
    width,
    total,
    unit: Math.min(...width),
    equal: same(width),
  };
}

/** `counts` of the original bins, summed up for the bins that are drawn. */
export function folded(bins: Bins, counts: readonly number[]): number[] {
  const last = bins.edges.length - 1;
  return [...counts.slice(0, last), counts.slice(last).reduce((sum, count) => sum + count, 0)];
}

/** The height of a bar: its count per `unit`. */
export function heightOf(bins: Bins, bin: number, count: number): number {
  return count / (bins.width[bin]! / bins.unit);
}

/** The bin at a position from 0 to `total`. */
export function binAt(bins: Bins, place: number): number {
  const bin = bins.left.findLastIndex((left) => left <= place);
  return Math.max(0, bin);
}
