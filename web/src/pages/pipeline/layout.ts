// The layout of the graph of assets: a column for each level, rows ordered so that few edges cross (the
// barycenter heuristic). An edge across several columns takes a place in each, so that it passes behind
// no asset.

import type { Asset } from "../../api/types";

export interface Place {
  column: number;
  /** The middle, from the top, in heights of an asset. */
  row: number;
}

export interface Node extends Place {
  asset: Asset;
}

export interface Edge {
  from: Node;
  to: Node;
  /** The places that it passes in the columns between. */
  via: Place[];
}

export interface Layout {
  nodes: Node[];
  edges: Edge[];
  columns: number;
  rows: number;
}

interface Slot extends Place {
  asset: Asset | null;
  inputs: Slot[];
  outputs: Slot[];
}

// The order of small graphs settles within so many sweeps.
const kSweeps = 6;
// The height of the place of a passing edge, in heights of an asset.
const kLineHeight = 0.4;

const heightOf = (slot: Slot) => (slot.asset === null ? kLineHeight : 1);

/** Places all assets: orders each column by the mean row of its inputs, then of its outputs, a few
 *  times. */
export function layOut(assets: readonly Asset[]): Layout {
  // A level without assets still has a column.
  const levels = Math.max(-1, ...assets.map((asset) => asset.level)) + 1;
  const columns = Array.from({ length: levels }, (): Slot[] => []);
  const add = (column: number, asset: Asset | null): Slot => {
    const slot: Slot = { asset, column, row: columns[column]!.length, inputs: [], outputs: [] };
    columns[column]!.push(slot);
    return slot;
  };
  const byName = new Map(assets.map((asset) => [asset.name, add(asset.level, asset)]));
  const edges: Edge[] = [];
  for (const to of byName.values())
    for (const name of to.asset!.inputs) {
      const from = byName.get(name);
      if (!from) continue;
      const via: Slot[] = [];
      for (let column = from.column + 1; column < to.column; column += 1)
        via.push(add(column, null));
      [from, ...via].forEach((slot, place) => {
        const next = via[place] ?? to;
        slot.outputs.push(next);
        next.inputs.push(slot);
      });
      edges.push({ from: from as Node, to: to as Node, via });
    }
  const heightOfColumn = (column: Slot[]) => column.reduce((sum, slot) => sum + heightOf(slot), 0);
  const stack = (column: Slot[], rows: number) => {
    let row = (rows - heightOfColumn(column)) / 2;
    for (const slot of column) {
      slot.row = row + heightOf(slot) / 2;
      row += heightOf(slot);
    }
  };
  const rows = Math.max(1, ...columns.map(heightOfColumn));
  for (const column of columns) stack(column, rows);
  for (let sweep = 0; sweep < kSweeps; sweep += 1) {
    const forth = sweep % 2 === 0;
    for (const column of forth ? columns : [...columns].reverse()) {
      const weight = new Map(
        column.map((slot) => {
          const near = forth ? slot.inputs : slot.outputs;
          const mean = near.reduce((sum, slot) => sum + slot.row, 0) / Math.max(1, near.length);
          return [slot, near.length > 0 ? mean : slot.row];
        }),
      );
      column.sort((a, b) => weight.get(a)! - weight.get(b)!);
      stack(column, rows);
    }
  }
  const nodes = [...byName.values()] as Node[];
  return { nodes, edges, columns: columns.length, rows };
}
