// Devices that hold the same notes, and ways to lose many of them at once: for tests of the brake.
import { expect } from "vitest";
import { World, type SimulatedDevice } from "../simulation/world.ts";

export type Files = Readonly<Record<string, string>>;

export function notes(count: number, folder = "notes"): Files {
	return Object.fromEntries(
		Array.from({ length: count }, (_, i) => [`${folder}/${String(i)}.md`, `text ${folder} ${String(i)}`]),
	);
}

export async function worldWith(files: Files, names: readonly string[] = ["alice", "bob"]): Promise<World> {
	const world = new World({ seed: 7, names });
	for (const [path, text] of Object.entries(files)) world.device("alice").vault.save(path, text);
	await world.start();
	await world.clock.advance(90_000);
	for (const name of names) expect(filesOf(world.device(name)), name).toEqual(files);
	return world;
}

export function filesOf({ vault }: SimulatedDevice): Files {
	return Object.fromEntries([...vault.files().keys()].map((path) => [path, vault.text(path) ?? ""]));
}

export function without(files: Files, ...gone: readonly string[]): Files {
	return Object.fromEntries(Object.entries(files).filter(([path]) => !gone.includes(path)));
}

/** As a program deletes: each file by itself, and each is told of. */
export function deleteAll({ vault }: SimulatedDevice, paths: Iterable<string>): void {
	for (const path of paths) vault.delete(path);
}

/** As a disk that is taken out: nobody tells. */
export function vanish({ vault }: SimulatedDevice, paths: Iterable<string>): ReadonlyMap<string, Uint8Array> {
	const before = vault.files();
	const left = new Map(before);
	for (const path of paths) left.delete(path);
	vault.restore(left);
	return before;
}

export function heldBy({
	engine,
}: SimulatedDevice): { readonly rule: string; readonly origin: string; readonly count: number }[] {
	return engine.heldDeletions.map(({ rule, origin, files }) => ({ rule, origin, count: files.size }));
}

export async function answer(world: World, device: SimulatedDevice, what: "accept" | "reject"): Promise<void> {
	for (const { id } of device.engine.heldDeletions) await world.during(device.engine.answerDeletions(id, what));
	await world.clock.advance(30_000);
}

export async function scan(world: World, device: SimulatedDevice): Promise<void> {
	await world.during(device.engine.scan());
	await world.clock.advance(5_000);
}
