// Small things that the stores share.
import type { RelayClock } from "../clock.ts";

/** Of SHA-256, which names what an object holds. */
export const TAG_BYTES = 16;

/** `undefined`: not an error of the system. */
export function errorCode(error: unknown): string | undefined {
	const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
	return typeof code === "string" ? code : undefined;
}

/** Times of which each is later than the one before: what was written first is known by them. */
export function distinctTimes(clock: RelayClock): () => number {
	let last = 0;
	return () => (last = Math.max(clock.now(), last + 1));
}
