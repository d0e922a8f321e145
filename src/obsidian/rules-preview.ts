// What rules that are being written would leave out of this vault, by the code that decides it (core/scope-rules.ts). Looked up in
// slices, so that typing goes on, and in no more names than a person reads.
import { pathKey, toVaultPath } from "../core/path.ts";
import type { Scope } from "../core/scope.ts";
import type { Clock } from "../engine/ports/clock.ts";

export interface Counted {
	readonly count: number;
	/** The first by their path. */
	readonly first: readonly string[];
}

export interface RulesPreview {
	readonly files: number;
	/** What would be left out. */
	readonly out: Counted;
	/** What is left out by the rules of now, and would take part. */
	readonly back: Counted;
}

export interface PreviewOptions {
	readonly paths: readonly string[];
	readonly now: Scope;
	readonly next: Scope;
	readonly clock: Clock;
	readonly onDone: (preview: RulesPreview) => void;
}

export const NAMES_SHOWN = 5;
/** A slice ends after so long: a frame has room for it beside a key. */
const SLICE_MS = 6;
const PATHS_BETWEEN_LOOKS = 50;

/** The returned function ends it: `onDone` is not called any more. */
export function previewRules({ paths, now, next, clock, onDone }: PreviewOptions): () => void {
	const sorted = [...paths].sort();
	const out: string[] = [];
	const back: string[] = [];
	let at = 0;
	let cancel = (): void => undefined;
	const slice = (): void => {
		const until = clock.monotonic() + SLICE_MS;
		while (at < sorted.length) {
			const end = Math.min(at + PATHS_BETWEEN_LOOKS, sorted.length);
			for (; at < end; at++) {
				const path = sorted[at] ?? "";
				const parsed = toVaultPath(path);
				if (!parsed.ok) continue;
				const key = pathKey(parsed.path);
				if (next.leavesOut(key)) out.push(path);
				else if (now.leavesOut(key)) back.push(path);
			}
			if (at < sorted.length && clock.monotonic() >= until) {
				cancel = clock.schedule(0, slice);
				return;
			}
		}
		onDone({ files: sorted.length, out: counted(out), back: counted(back) });
	};
	cancel = clock.schedule(0, slice);
	return () => {
		cancel();
	};
}

function counted(paths: readonly string[]): Counted {
	return { count: paths.length, first: paths.slice(0, NAMES_SHOWN) };
}
