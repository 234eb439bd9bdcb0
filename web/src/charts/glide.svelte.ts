// An axis that goes over to new ends instead of jumping there; not where the reader wants no motion.
// Call within a component.

import { untrack } from "svelte";
import { prefersReducedMotion, Tween } from "svelte/motion";

// As --glide in tokens.css.
const kGlideMs = 150;

/** The ends of an axis on their way to `target`; the first that there are, when `ready`, are there at once. */
export function useGlide(
  target: () => readonly [number, number],
  ready: () => boolean,
): { readonly current: readonly [number, number] } {
  const tween = new Tween<readonly [number, number]>(untrack(target));
  let drawn = false;
  $effect.pre(() => {
    const to = target();
    const now = ready();
    const glides = drawn && !untrack(() => prefersReducedMotion.current);
    drawn = now;
    void untrack(() => tween.set(to, { duration: glides ? kGlideMs : 0 }));
  });
  return tween;
}
