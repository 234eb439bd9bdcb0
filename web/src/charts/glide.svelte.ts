// An axis whose ends glide to new values instead of jumping; not where the reader wants no motion.

import { untrack } from "svelte";
import { prefersReducedMotion, Tween } from "svelte/motion";
import type { Axis } from "./scale";

// As --glide in tokens.css.
const kGlideMs = 150;

/** The axis on its way to `target`. The first axis for which `ready` holds appears without motion.
 *  Starts an effect: call it while a component initialises. */
export function useGlide(target: () => Axis, ready: () => boolean): { readonly current: Axis } {
  const endsOf = (axis: Axis) => axis.scale.domain() as [number, number];
  const tween = new Tween<readonly [number, number]>(untrack(() => endsOf(target())));
  let drawn = false;
  $effect.pre(() => {
    const ends = endsOf(target());
    const isReady = ready();
    const glides = drawn && !untrack(() => prefersReducedMotion.current);
    drawn = isReady;
    void untrack(() => tween.set(ends, { duration: glides ? kGlideMs : 0 }));
  });
  const current = $derived({ ...target(), scale: target().scale.copy().domain(tween.current) });
  return {
    get current() {
      return current;
    },
  };
}
