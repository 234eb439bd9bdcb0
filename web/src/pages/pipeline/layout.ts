// Where the assets of a graph are drawn: in columns by their level, in an order that crosses few lines.

import type { Asset } from "../../api/types";

export interface Node {
  asset: Asset;
  column: number;
  row: number;
}

export interface Edge {
  from: Node;
  to: Node;
}

export interface Layout {
  nodes: Node[];
  edges: Edge[];
  columns: number;
  rows: number;
}

// After so many sweeps the order of small graphs no longer changes.
const kSweeps = 4;

/** Orders each column by the mean row of its inputs, then of its outputs, a few times. */
export function layOut(assets: readonly Asset[]): Layout {
  // A level without assets has a column of its own all the same.
  const levels = Math.max(-1, ...assets.map((asset) => asset.level)) + 1;
  const columns = Array.from({ length: levels }, (): Node[] => []);
  const nodes = assets.map((asset) => {
    const column = columns[asset.level]!;
    const node = { asset, column: asset.level, row: column.length };
    column.push(node);
    return node;
  });
  const byName = new Map(nodes.map((node) => [node.asset.name, node]));
  const found = (names: readonly string[]) =>
    names.flatMap((name) => byName.get(name) ?? ([] as Node[]));
  for (let sweep = 0; sweep < kSweeps; sweep += 1) {
    const forth = sweep % 2 === 0;
    for (const column of forth ? columns : [...columns].reverse()) {
      const weight = new Map(
        column.map((node) => {
          const near = found(forth ? node.asset.inputs : node.asset.outputs);
          const mean = near.reduce((sum, one) => sum + one.row, 0) / Math.max(1, near.length);
          return [node, near.length > 0 ? mean : node.row];
        }),
      );
      column.sort((a, b) => weight.get(a)! - weight.get(b)!);
      column.forEach((node, row) => (node.row = row));
    }
  }
  const rows = Math.max(1, ...columns.map((column) => column.length));
  // Short columns stand in the middle.
  for (const column of columns) {
    const shift = (rows - column.length) / 2;
    for (const node of column) node.row += shift;
  }
  const edges = nodes.flatMap((to) => found(to.asset.inputs).map((from) => ({ from, to })));
  return { nodes, edges, columns: columns.length, rows };
}
