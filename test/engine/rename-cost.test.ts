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
