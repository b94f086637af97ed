export function chromium(): string;
export const chromiumFlags: readonly string[];
