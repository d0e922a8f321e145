// Whole devices with a mailbox at the relay, of which each is there alone: what the tests of the mailbox have in common.
import { expect } from "vitest";
import type { EngineEvent } from "../../src/engine/status.ts";
import { fakeSecrets } from "../simulation/fake-crypto.ts";
import { World, type SimulatedDevice, type WorldOptions } from "../simulation/world.ts";
import { MemoryMailboxes, type MailboxContent } from "./memory-mailbox.ts";
import { defined } from "./relay-clients.ts";

export const GROUP = fakeSecrets("the group").groupId;
export const NAMES = ["alice", "bob", "carol"];

export interface Group {
	readonly world: World;
	readonly mailboxes: MemoryMailboxes;
	readonly events: Map<string, EngineEvent[]>;
}

/** They have met, and hold these files; then all of them go. */
export async function apart(files: Record<string, string>, options: Partial<WorldOptions> = {}): Promise<Group> {
	const mailboxes = new MemoryMailboxes();
	const world = new World({ seed: 7, names: NAMES, mailboxes: () => mailboxes, ...options });
	const [first] = world.devices;
	for (const [path, text] of Object.entries(files)) defined(first).vault.save(path, text);
	await world.start();
	await world.clock.advance(90_000);
	for (const device of world.devices) await world.quit(device);
	return { world, mailboxes, events: new Map() };
}

/** `name` is there alone, does something, and goes. */
export async function alone(
	{ world, events }: Group,
	name: string,
	act: (device: SimulatedDevice) => void = () => undefined,
	forMs = 20_000,
): Promise<SimulatedDevice> {
	const device = world.device(name);
	world.launch(device);
	const heard = events.get(name) ?? [];
	events.set(name, heard);
	device.engine.onEvent((event) => heard.push(event));
	await world.clock.advance(5_000);
	act(device);
	await world.clock.advance(forMs);
	expect(device.problems).toEqual([]);
	await world.quit(device);
	return device;
}

export function filesOf({ vault }: SimulatedDevice): Record<string, string | undefined> {
	return Object.fromEntries([...vault.files().keys()].sort().map((path) => [path, vault.text(path)]));
}

/** What lies at the relay now. */
export function stored({ mailboxes }: Group): MailboxContent {
	return mailboxes.contentOf(GROUP);
}

/** What `name` was told of the mailbox. */
export function actionsOf({ events }: Group, name: string): string[] {
	return (events.get(name) ?? []).flatMap((event) => (event.event === "snapshot" ? [event.action] : []));
}

export function problemsOf({ events }: Group, name: string): string[] {
	return (events.get(name) ?? []).flatMap((event) => (event.event === "problem" ? [event.code] : []));
}
