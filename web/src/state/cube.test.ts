import { expect, test } from "vitest";
import type { Cube } from "../api/types";
import { CubeIndex } from "./cube";

// Sessions as (brushed bin, other bin), drawn by a small generator with a fixed seed.
function sessions(n: number): [number, number][] {
  let state = 12345;
  const next = () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  return Array.from({ length: n }, () => [Math.floor(next() * 10), Math.floor(next() * 3)]);
}

function cubeOf(all: [number, number][]): Cube {
  const counts = new Array<number>(30).fill(0);
  const per = new Array<number>(10).fill(0);
  for (const [bin, other] of all) {
    counts[bin * 3 + other]! += 1;
    per[bin]! += 1;
  }
  return {
    publication: 1,
    brush: "friction",
    edges: [0, 10, 20, 30, 40, 50, 60, 70, 80, 90],
    sums: {
      sessions: per,
      generations: per,
      successes: per,
      downloads: per,
      friction: per,
      cost: per,
    },
    others: [{ name: "tier", kind: "dimension", bins: ["free", "pro", "enterprise"], counts }],
  };
}

test("each range of the brush gives what counting the sessions gives", () => {
  const all = sessions(1000);
  const cube = new CubeIndex(cubeOf(all));
  for (let from = 0; from < 10; from += 1)
    for (let to = from; to <= 10; to += 1) {
      const within = all.filter(([bin]) => bin >= from && bin < to);
      expect(cube.counts("tier", [from, to])).toEqual(
        [0, 1, 2].map((other) => within.filter((session) => session[1] === other).length),
      );
      expect(cube.sum("sessions", [from, to])).toBe(within.length);
    }
});

test("a range takes the bins from its first edge up to its second", () => {
  const cube = new CubeIndex(cubeOf([]));
  expect(cube.binsOf({ min: 20, max: 60 })).toEqual([2, 6]);
  expect(cube.binsOf({ min: null, max: 10 })).toEqual([0, 1]);
  expect(cube.binsOf({ min: 90, max: null })).toEqual([9, 10]);
  expect(cube.binsOf({ min: 95, max: null })).toEqual([10, 10]);
  expect(cube.binsOf({ min: null, max: null })).toEqual([0, 10]);
});

test("a chart that the cube does not have stays as it is", () => {
  expect(new CubeIndex(cubeOf([])).counts("region", [0, 5])).toBeNull();
});
