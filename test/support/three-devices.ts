// Three whole devices on memory adapters, and what stands in their folders.
import { expect } from "vitest";
import { World, type WorldOptions } from "../simulation/world.ts";
import type { EngineEvent } from "../../src/engine/status.ts";

export const NAMES = ["alice", "bob", "carol"];
export type Files = Readonly<Record<string, string>>;

/** They have met, and all hold `files`. */
export async function threeWith(files: Files, options: Pick<WorldOptions, "scope"> = {}): Promise<World> {
	const world = new World({ seed: 7, names: NAMES, ...options });
	for (const [path, text] of Object.entries(files)) world.device("alice").vault.save(path, text);
	await world.start();
	await world.clock.advance(60_000);
	return world;
}

export function filesOf(world: World, name: string): Record<string, string | undefined> {
	const { vault } = world.device(name);
	return Object.fromEntries([...vault.files().keys()].map((path) => [path, vault.text(path)]));
}

export function everywhere(world: World, files: Files): void {
	for (const name of NAMES) expect(filesOf(world, name), name).toEqual(files);
	for (const { engine } of world.devices) expect(engine.status().phase).toBe("in-sync");
}

/** What its engine tells of changes from now on. */
export function eventsOf(world: World, name: string): EngineEvent[] {
	const events: EngineEvent[] = [];
	world.device(name).engine.onEvent((event) => {
		if (event.event === "changed" || event.event === "applied") events.push(event);
	});
	return events;
}
