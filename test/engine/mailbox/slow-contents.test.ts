// A device that takes in what is left for it while its contents are still on their way, from a relay that is slow.
import { expect, test, vi } from "vitest";
import { alone, apart, stored } from "../../support/apart.ts";
import { MemoryMailboxes } from "../../support/memory-mailbox.ts";

test("[ZD3] nothing goes from the relay before the only device that still lacks it has its contents", async () => {
	const group = await apart({ "note.md": "one" }, { names: ["alice", "bob"] });
	const { mailboxes, world } = group;
	const photo = world.random.bytes(300 * 1024);
	await alone(group, "alice", ({ vault }) => {
		vault.save("photo.bin", photo);
	});
	expect(stored(group).packs.size).toBe(1);
	const boxes = vi.spyOn(mailboxes, "mailboxOf");
	boxes.mockImplementation((...whose) => {
		const box = MemoryMailboxes.prototype.mailboxOf.apply(mailboxes, whose);
		return {
			...box,
			readPack: async (id, from, to) => {
				if (to - from > 100 * 1024) {
					await new Promise<void>((resolve) => {
						world.clock.schedule(10_000, resolve);
					});
				}
				return box.readPack(id, from, to);
			},
		};
	});
	const bob = await alone(group, "bob", undefined, 60_000);
	expect(Buffer.from(bob.vault.files().get("photo.bin") ?? []).equals(photo)).toBe(true);
	expect(stored(group).packs.size).toBe(0);
});
