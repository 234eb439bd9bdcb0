// Cross-filtering: while one histogram is brushed the others follow, from a cube that is fetched when the
// drag starts.

import { isAbort, post } from "../../api/client";
import type { Cube, CubeRequest } from "../../api/types";
import { CubeIndex } from "../../state/cube";
import type { Range } from "../../state/filters";
import type { Scope } from "../../state/scope";

export class CrossFilter {
  /** The name of the brushed histogram. */
  brush = $state.raw<string | null>(null);
  #range = $state.raw<Range | null>(null);
  #cube = $state.raw<CubeIndex | null>(null);
  readonly #bins = $derived(this.#cube && this.#range ? this.#cube.binsOf(this.#range) : null);
  #controller: AbortController | null = null;
  readonly #names: () => readonly string[];
  readonly #scope: (brush: string) => Scope;

  constructor(names: () => readonly string[], scope: (brush: string) => Scope) {
    this.#names = names;
    this.#scope = scope;
  }

  /** The brushed range of a histogram changed; null: the drag ended. */
  drag(name: string, range: Range | null): void {
    if (range === null) return this.clear();
    this.#range = range;
    if (this.brush === name) return;
    this.brush = name;
    this.#cube = null;
    void this.#fetch(name);
  }

  clear(): void {
    this.#controller?.abort();
    this.brush = null;
    this.#range = null;
    this.#cube = null;
  }

  /** The counts of a histogram for the brushed sessions; null: it shows its own counts. */
  counts(name: string): number[] | null {
    if (!this.#cube || !this.#bins || name === this.brush) return null;
    return this.#cube.counts(name, this.#bins);
  }

  /** The number of brushed sessions; null while nothing is brushed. */
  get sessions(): number | null {
    return this.#cube && this.#bins ? this.#cube.sum("sessions", this.#bins) : null;
  }

  async #fetch(brush: string): Promise<void> {
    this.#controller?.abort();
    const controller = new AbortController();
    this.#controller = controller;
    const body: CubeRequest = {
      brush,
      others: this.#names().filter((name) => name !== brush),
      ...this.#scope(brush),
    };
    try {
      const cube = await post<Cube>("/api/cube", body, controller.signal);
      if (this.brush === brush) this.#cube = new CubeIndex(cube);
    } catch (error) {
      // Without a cube the other histograms update when the drag ends.
      if (!isAbort(error)) this.#cube = null;
    }
  }
}
