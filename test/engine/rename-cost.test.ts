// What a rename costs on the wire.
import { expect, it, vi } from "vitest";
import { World } from "../simulation/world.ts";
import { MemoryChannel } from "../support/memory-transport.ts";

it("[A14] R30: a renamed file of 10 MiB is not sent again", async () => {
	const world = new World({ seed: 1, names: ["alice", "bob"] });
	const [alice, bob] = [world.device("alice"), world.device("bob")];
	const frames = vi.spyOn(MemoryChannel.prototype, "send");
	const bytesSent = (): number => frames.mock.calls.reduce((sum, [frame]) => sum + frame.length, 0);
	await world.start();
	const text = "0123456789abcdef".repeat(655_360);
	alice.vault.save("big.txt", text);
	await world.clock.advance(60_000);
	expect(bob.vault.text("big.txt")?.length).toBe(text.length);
	expect(bytesSent()).toBeGreaterThan(text.length);

	frames.mockClear();
	alice.vault.move("big.txt", "renamed.txt");
	await world.clock.advance(30_000);
	expect(bob.vault.text("renamed.txt")?.length).toBe(text.length);
	expect(bob.vault.text("big.txt")).toBeUndefined();
	expect(bytesSent()).toBeLessThan(20_000);
	frames.mockRestore();
	await world.stop();
});

it("[F2 S2] a folder of thousands of files that was moved while a device was off is moved there too: no content is sent, and none goes to history", async () => {
	const world = new World({ seed: 1, names: ["alice", "bob"] });
	const [alice, bob] = [world.device("alice"), world.device("bob")];
	await world.start();
	const FILES = 3000;
	const text = "of two thousand characters ".repeat(75);
	for (let i = 0; i < FILES; i++) alice.vault.save(`old/${String(i)}.md`, `note ${String(i)} ${text}`);
	await world.clock.advance(60_000);
	expect(bob.vault.files().size).toBe(FILES);
	await world.quit(bob);
	for (let i = 0; i < FILES; i++) alice.vault.move(`old/${String(i)}.md`, `new/${String(i)}.md`);
	await world.clock.advance(60_000);
	const renamed = vi.spyOn(bob.vault, "rename");
	const frames = vi.spyOn(MemoryChannel.prototype, "send");
	world.launch(bob);
	await world.clock.advance(120_000);
	expect([...bob.vault.files().keys()].filter((path) => path.startsWith("new/")).length).toBe(FILES);
	expect(bob.vault.files().size).toBe(FILES);
	expect(renamed.mock.calls.length).toBe(FILES);
	const bytesSent = frames.mock.calls.reduce((sum, [frame]) => sum + frame.length, 0);
	frames.mockRestore();
	expect(bytesSent / FILES).toBeLessThan(text.length / 4);
	expect(await bob.engine.past?.kept()).toEqual([]);
	await world.stop();
});
