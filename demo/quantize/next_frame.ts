/** Lets the page draw and answer before more is done. */
export function nextFrame(): Promise<unknown> {
  return new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)));
}
