// The state store as the engine uses it: every failure of the host's is one StorageError, so that a full disk can be told
// from a defect. What a StorageError interrupts is put back and tried again; nothing is told to anybody meanwhile.
import { AssertionError } from "../core/assert.ts";
import type { StateStore } from "./ports/state-store.ts";

export class StorageError extends Error {
	override readonly name = "StorageError";
}

export function guardedStore(store: StateStore): StateStore {
	return {
		list: (prefix) => guarded("list", prefix, () => store.list(prefix)),
		read: (name) => guarded("read", name, () => store.read(name)),
		write: (name, bytes) => guarded("write", name, () => store.write(name, bytes)),
		append: (name, bytes) => guarded("append to", name, () => store.append(name, bytes)),
		remove: (name) => guarded("remove", name, () => store.remove(name)),
	};
}

/** For what only tidies up: whether it was done. What stays behind takes up room, and is tried again. */
export async function wasDone(work: Promise<void>): Promise<boolean> {
	try {
		await work;
		return true;
	} catch (error) {
		if (!(error instanceof StorageError)) throw error;
		return false;
	}
}

async function guarded<T>(verb: string, name: string, act: () => Promise<T>): Promise<T> {
	try {
		return await act();
	} catch (cause) {
		// Hosts have errors of their own kinds; only a broken assertion is no failure of theirs.
		if (cause instanceof AssertionError) throw cause;
		throw new StorageError(`cannot ${verb} ${name}: ${cause instanceof Error ? cause.message : String(cause)}`, {
			cause,
		});
	}
}
