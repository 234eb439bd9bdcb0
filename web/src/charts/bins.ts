// A histogram to scale: a bar is as wide as its bin, and its area is what it counts. Bins of the same width
// have heights that are their counts; of others a height is the count per width of the narrowest.

export interface Bins {
  /** Lower edges. The last bin holds all from its edge on. */
  edges: number[];
  /** Where each is drawn, from 0, and how wide, in the unit of the edges. */
  left: number[];
  width: number[];
  /** All widths together. */
  total: number;
  /** What a height is counted per. */
  unit: number;
  /** Whether all bins are equally wide, so that heights are counts. */
  equal: boolean;
}

// A tail with a smaller share than this is one bar: on a scale that holds all of it the rest would be a line.
const kTail = 0.02;
const kMinBins = 6;
const kSame = 1e-9;

/** The bins that are drawn of `edges`; those of a long thin tail become one. */
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
  // What is open has no width of its own: it is drawn as wide as the bin before it.
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

/** The counts of all bins as those of the bins that are drawn. */
export function folded(bins: Bins, counts: readonly number[]): number[] {
  const last = bins.edges.length - 1;
  return [...counts.slice(0, last), counts.slice(last).reduce((sum, count) => sum + count, 0)];
}

/** How high the bar of a bin is. */
export function heightOf(bins: Bins, bin: number, count: number): number {
  return count / (bins.width[bin]! / bins.unit);
}

/** The bin at a place from 0 to `whole`. */
export function binAt(bins: Bins, place: number): number {
  const bin = bins.left.findLastIndex((left) => left <= place);
  return Math.max(0, bin);
}
