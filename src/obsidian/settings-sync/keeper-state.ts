// What a device remembers of its settings over restarts: what went together last, what a person wants otherwise here, who changed what.
// Lost or unreadable, nothing is lost with it: then a person is asked about whatever differs.
import * as v from "valibot";
import type { StateStore } from "../../engine/ports/state-store.ts";
import type { Agreed } from "./compare.ts";

export interface KeeperState {
	readonly agreed: Map<string, Agreed>;
	/** Left alone on this device, in both directions. */
	readonly apart: Set<string>;
	/** By whom the group's version is, as the device was called then. */
	readonly by: Map<string, string>;
	/** Where what was replaced last lies. */
	readonly kept: Map<string, string>;
}

const NAME = "state";
const texts = v.record(v.string(), v.string());
const schema = v.object({
	agreed: v.record(v.string(), v.object({ mine: v.string(), theirs: v.string() })),
	apart: v.array(v.string()),
	by: texts,
	kept: texts,
});

export async function readState(store: StateStore): Promise<KeeperState> {
	const bytes = await store.read(NAME);
	const parsed = v.safeParse(schema, bytes && jsonIn(bytes));
	const { agreed = {}, apart = [], by = {}, kept = {} } = parsed.success ? parsed.output : {};
	return {
		agreed: new Map(Object.entries(agreed)),
		apart: new Set(apart),
		by: new Map(Object.entries(by)),
		kept: new Map(Object.entries(kept)),
	};
}

export async function writeState(store: StateStore, { agreed, apart, by, kept }: KeeperState): Promise<void> {
	const stored = {
		agreed: Object.fromEntries(agreed),
		apart: [...apart],
		by: Object.fromEntries(by),
		kept: Object.fromEntries(kept),
	};
	await store.write(NAME, new TextEncoder().encode(JSON.stringify(stored)));
}

function jsonIn(bytes: Uint8Array): unknown {
	try {
		return JSON.parse(new TextDecoder().decode(bytes));
	} catch {
		return undefined;
	}
}
