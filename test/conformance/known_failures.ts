const NAN_CLIP =
  'XNNPACK clamps NaN to the lower bound, as on `wasm`; the CPU kernel, which keeps it, takes 27 times as long';

/** The specs of tfjs-core that `int8` fails, and why that is right. Everything else must pass. */
export const KNOWN_FAILURES: Readonly<Record<string, string>> = {
  'clipByValue int8 {} basic vec4': NAN_CLIP,
  'clipByValue int8 {} propagates NaNs': NAN_CLIP,
};
