// Sums over the brushed bins of a cube, without a request per frame. Each is a difference of running
// sums, so a frame costs one subtraction for each bin to draw, however many bins are brushed.

import type { Cube } from "../api/types";
import type { Range } from "./filters";

export type Sums = Cube["sums"];

export class CubeIndex {
  readonly brush: string;
  readonly #edges: readonly (number | string)[];
  readonly #others = new Map<string, { bins: number; running: Float64Array }>();
  readonly #sums = new Map<string, Float64Array>();

  constructor(cube: Cube) {
    this.brush = cube.brush;
    this.#edges = cube.edges;
    for (const other of cube.others)
      this.#others.set(other.name, {
        bins: other.bins.length,
        running: running(other.counts, cube.edges.length, other.bins.length),
      });
    for (const [name, values] of Object.entries(cube.sums))
      this.#sums.set(name, running(values as number[], cube.edges.length, 1));
  }

  /** The bins within a range: [first, end), where end is exclusive. */
  binsOf(range: Range): [number, number] {
    const edges = this.#edges as readonly number[];
    const from = range.min === null ? 0 : edges.findIndex((edge) => edge >= range.min!);
    const to = range.max === null ? edges.length : edges.findIndex((edge) => edge >= range.max!);
    return [from < 0 ? edges.length : from, to < 0 ? edges.length : to];
  }

  /** The counts of another chart for the brushed bins; null if the cube does not have that chart. */
  counts(name: string, bins: [number, number]): number[] | null {
    const other = this.#others.get(name);
    if (!other) return null;
    const [from, to] = bins;
    const out = new Array<number>(other.bins);
    for (let bin = 0; bin < other.bins; bin += 1)
      out[bin] = other.running[to * other.bins + bin]! - other.running[from * other.bins + bin]!;
    return out;
  }

  sum(name: string, bins: [number, number]): number {
    const sums = this.#sums.get(name);
    return sums ? sums[bins[1]]! - sums[bins[0]]! : 0;
  }
}

// Running sums by column: row b of the result is the sum of the rows before b.
function running(values: readonly number[], rows: number, width: number): Float64Array {
  const out = new Float64Array((rows + 1) * width);
  for (let place = 0; place < rows * width; place += 1)
    out[place + width] = out[place]! + (values[place] ?? 0);
  return out;
}
