// Where a program on a replica's bench crashes: in one of its writes of the state, or in one of its changes of the vault.
import type { ReplicaBench } from "./replica-bench.ts";

/** Arms one crash; `reached`: whether it came to it. */
export type CrashPoint = (bench: ReplicaBench) => { readonly reached: () => boolean };

/** `crashAt`: the first is 1. */
export function crashAtStoreWrite(crashAt: number, keptBytes: number): CrashPoint {
	return (bench) => {
		const { store } = bench;
		let writes = 0;
		const count = (): void => {
			if (++writes !== crashAt) return;
			store.crashInNextWrite(keptBytes, () => {
				bench.view.die();
			});
		};
		for (const operation of ["write", "append"] as const) {
			const original = store[operation].bind(store);
			store[operation] = (name, bytes) => {
				count();
				return original(name, bytes);
			};
		}
		return { reached: () => writes >= crashAt };
	};
}

export function crashAtVaultChange(crashAt: number, how: "before" | number): CrashPoint {
	return (bench) => {
		const { view } = bench;
		let changes = 0;
		const count = (): void => {
			if (++changes !== crashAt) return;
			if (how === "before") view.dieBeforeNextChange();
			else view.dieInNextChange((bytes) => bytes.subarray(0, Math.ceil(how * bytes.length)));
		};
		for (const operation of ["replaceIf", "removeIf", "rename"] as const) {
			const original = view[operation].bind(view) as (...args: unknown[]) => Promise<unknown>;
			Object.assign(view, {
				[operation]: (...args: unknown[]) => {
					count();
					return original(...args);
				},
			});
		}
		return { reached: () => changes >= crashAt };
	};
}
