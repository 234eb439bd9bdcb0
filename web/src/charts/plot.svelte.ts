// The size of a plot with axes, and the margins that its labels need. All lengths are pixels.

import { screen } from "../state/screen.svelte";

/** At scale 1; screens that are read from afar enlarge them. */
export interface Margins {
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** From the left edge of the plot to the labels of the values. */
  valueGap: number;
  /** From the bottom of the plot to the baseline of the labels below it. */
  keyGap: number;
}

export class PlotArea {
  /** Width of the whole chart; Plot.svelte measures it. 0 until the chart is on the page. */
  width = $state(0);
  readonly #height: () => number;
  readonly #margins: () => Margins;

  /** `height` is that of the whole chart at scale 1. */
  constructor(height: () => number, margins: () => Margins) {
    this.#height = height;
    this.#margins = margins;
  }

  get scale(): number {
    return screen.scale;
  }
  get height(): number {
    return this.#height() * this.scale;
  }
  get left(): number {
    return this.#margins().left * this.scale;
  }
  get top(): number {
    return this.#margins().top * this.scale;
  }
  get valueGap(): number {
    return this.#margins().valueGap * this.scale;
  }
  get keyGap(): number {
    return this.#margins().keyGap * this.scale;
  }
  /** Width of the plot, between the margins. */
  get plotWidth(): number {
    return Math.max(0, this.width - this.left - this.#margins().right * this.scale);
  }
  /** Height of the plot, between the margins. */
  get plotHeight(): number {
    return this.height - this.top - this.#margins().bottom * this.scale;
  }
}
