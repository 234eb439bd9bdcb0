// While one histogram is dragged over, the others follow from a cube that was fetched when the drag began.

import { isAbort, post } from "../../api/client";
import type { Cube, CubeRequest } from "../../api/types";
import { CubeIndex } from "../../state/cube";
import type { Range } from "../../state/filters";
import type { Scope } from "../../state/scope";

export class CrossFilter {
  /** The range that is dragged over. */
  brush = $state.raw<string | null>(null);
  #range = $state.raw<Range | null>(null);
  #cube = $state.raw<CubeIndex | null>(null);
  readonly #bins = $derived(this.#cube && this.#range ? this.#cube.binsOf(this.#range) : null);
  #controller: AbortController | null = null;
  readonly #names: readonly string[];
  readonly #scope: (brush: string) => Scope;

  constructor(names: readonly string[], scope: (brush: string) => Scope) {
    this.#names = names;
    this.#scope = scope;
  }

  /** The drag went on, or with null ended. */
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

  /** What a chart shows under the brush; null where it shows what it has. */
  counts(name: string): number[] | null {
    if (!this.#cube || !this.#bins || name === this.brush) return null;
    return this.#cube.counts(name, this.#bins);
  }

  /** How many sessions are under the brush. */
  get sessions(): number | null {
    return this.#cube && this.#bins ? this.#cube.sum("sessions", this.#bins) : null;
  }

  async #fetch(brush: string): Promise<void> {
    this.#controller?.abort();
    const controller = new AbortController();
    this.#controller = controller;
    const body: CubeRequest = {
      brush: brush as CubeRequest["brush"],
      others: this.#names.filter((name) => name !== brush),
      ...this.#scope(brush),
    };
    try {
      const cube = await post<Cube>("/api/cube", body, controller.signal);
      if (this.brush === brush) this.#cube = new CubeIndex(cube);
    } catch (error) {
      // Without a cube the others follow when the drag ends.
      if (!isAbort(error)) this.#cube = null;
    }
  }
}
