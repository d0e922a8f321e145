// What an engine is given that only looks: a folder with nothing in it that takes nothing, and state that is gone with it. As a device that
// only sends, and has nothing, it hears what the group has, tells nothing of its own, and cannot touch a file.
import type { StateStore } from "../../engine/ports/state-store.ts";
import type { Vault, VaultFailure } from "../../engine/ports/vault.ts";

const refused: VaultFailure = { kind: "failed", code: "read-only", message: "this engine only looks" };

export const NO_FOLDER: Vault = {
	isPresent: () => Promise.resolve(true),
	list: () => Promise.resolve([]),
	stat: () => Promise.resolve(undefined),
	read: () => Promise.resolve(undefined),
	replaceIf: () => Promise.resolve(refused),
	removeIf: () => Promise.resolve(refused),
	rename: () => Promise.resolve(refused),
	makeFolder: () => Promise.resolve(refused),
	folderAt: () => Promise.resolve(undefined),
	removeFolder: () => Promise.resolve(refused),
	watch: () => () => undefined,
};

export function passingStore(): StateStore {
	const files = new Map<string, Uint8Array>();
	return {
		list: (prefix) => Promise.resolve([...files.keys()].filter((name) => name.startsWith(prefix))),
		read: (name) => Promise.resolve(files.get(name)),
		write: (name, bytes) => {
			files.set(name, bytes.slice());
			return Promise.resolve();
		},
		append: (name, bytes) => {
			const before = files.get(name) ?? new Uint8Array();
			const all = new Uint8Array(before.length + bytes.length);
			all.set(before);
			all.set(bytes, before.length);
			files.set(name, all);
			return Promise.resolve();
		},
		remove: (name) => {
			files.delete(name);
			return Promise.resolve();
		},
	};
}
