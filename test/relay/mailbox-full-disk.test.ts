// The mailbox on a disk that is full: one that this test alone sees (test/support/own-mounts.ts).
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { newPackId, someBytes } from "../contracts/mailbox.contract.ts";
import { OwnMounts, mayMount } from "../support/own-mounts.ts";
import { defined } from "../support/relay-clients.ts";
import { mailboxDevice, pair } from "../support/relay-mailboxes.ts";
import { startedRelays } from "../support/started-relays.ts";

const KIB = 1024;
const relays = startedRelays();
const mounts = new OwnMounts();
afterEach(() => {
	mounts.dispose();
});

describe("[Z6] on a disk that is full", () => {
	it.runIf(mayMount)(
		"what does not fit is refused as such, what is there stays, and room that is made is room",
		async () => {
			const dataDir = join(relays.folder, "small");
			mounts.small(dataDir, 4 * KIB);
			const options = { storage: "fs", dataDir, limits: { mailboxFreeBytes: 1 } } as const;
			const relay = await relays.start(options);
			const { alice, bob } = await pair(relay);
			const packs = [newPackId(), newPackId(), newPackId()];
			const content = someBytes(1_200 * KIB);
			for (const id of packs) expect(await alice.mailbox.writePack(id, content)).toBe("written");
			const tag = await alice.mailbox.writeHead(someBytes(1_000), undefined);
			for (let i = 0; i < 3; i++) {
				await expect(bob.mailbox.writePack(newPackId(), content)).rejects.toMatchObject({ code: "full" });
			}
			// Two that would fit one by one, and do not together: the disk is full in the middle.
			const results = await Promise.allSettled(
				[1, 2].map(() => bob.mailbox.writePack(newPackId(), someBytes(300 * KIB))),
			);
			for (const result of results) {
				if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "full" });
			}
			const written = results.filter(({ status }) => status === "fulfilled").length;
			expect(await bob.mailbox.look()).toMatchObject({
				head: { tag },
				usedBytes: 1_000 + 3 * content.length + written * 300 * KIB,
			});
			expect((await readdir(join(dataDir, "mailbox"))).filter((name) => name.endsWith(".tmp"))).toEqual([]);
			await alice.mailbox.removePack(defined(packs[0]));
			expect(await bob.mailbox.writePack(newPackId(), content)).toBe("written");
			await relay.close();
			const again = await relays.start(options);
			const back = await mailboxDevice(again.url, alice.relay.group);
			expect((await back.mailbox.look()).packs).toHaveLength(3 + written);
			const kept = defined(await back.mailbox.readPack(defined(packs[1]), 0, content.length));
			expect(Buffer.from(kept).equals(content)).toBe(true);
			await again.close();
		},
	);
});
