// What every Mailbox must do: run against the relay as it runs in earnest, on each of its stores, and against the one in memory.
import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { equalBytes } from "../../src/core/bytes.ts";
import type { DeviceId } from "../../src/core/ids.ts";
import type { Mailbox } from "../../src/engine/ports/mailbox.ts";
import {
	MAILBOX_HEAD_BYTES_MAX,
	MAILBOX_PACKS_PER_PAGE,
	MAILBOX_RECEIPTS_MAX,
	MAILBOX_RECEIPT_BYTES_MAX,
	parsePackId,
} from "../../src/wire/mailbox-api.ts";
import type { PackId } from "../../src/wire/mailbox-api.ts";
import { defined } from "../support/relay-clients.ts";

/** A device with the mailbox of its group. */
export interface MailboxOwner {
	readonly id: DeviceId;
	readonly mailbox: Mailbox;
}

export interface MailboxFixture {
	/** One more device, of the group with this number. */
	device(group: number): Promise<MailboxOwner>;
	dispose(): Promise<void>;
}

/** Of the fixture: what a group may keep. */
export const ALLOWED_BYTES = 12 * 1024 * 1024;
export const OBJECT_BYTES_MAX = 5 * 1024 * 1024;

export function mailboxContract(name: string, makeFixture: () => Promise<MailboxFixture>): void {
	describe(`Mailbox contract: ${name}`, () => {
		let fixture: MailboxFixture;
		let alice: MailboxOwner;
		let bob: MailboxOwner;
		beforeEach(async () => {
			fixture = await makeFixture();
			alice = await fixture.device(1);
			bob = await fixture.device(1);
		});
		afterEach(async () => {
			await fixture.dispose();
		});

		it("[Z1] has nothing at first, and says how much may lie there", async () => {
			expect(await alice.mailbox.look()).toEqual({
				head: undefined,
				packs: [],
				receipts: [],
				usedBytes: 0,
				allowedBytes: ALLOWED_BYTES,
				objectBytesMax: OBJECT_BYTES_MAX,
				ttlDays: 30,
			});
			expect(await alice.mailbox.readHead()).toBeUndefined();
			expect(await alice.mailbox.readPack(newPackId(), 0, 10)).toBeUndefined();
		});

		it("[Z3] gives the head that was written last to every device of the group, as it was", async () => {
			for (const length of [1, 1_000, MAILBOX_HEAD_BYTES_MAX]) {
				const content = someBytes(length);
				const mine = content.slice();
				const before = await alice.mailbox.readHead();
				const tag = await alice.mailbox.writeHead(mine, before?.tag);
				mine.fill(0);
				const head = defined(await bob.mailbox.readHead());
				expect([head.tag, equalBytes(head.bytes, content)]).toEqual([tag, true]);
				expect((await bob.mailbox.look()).head).toEqual({ tag, bytes: length });
			}
		});

		it("[Z3] replaces a head only for who knows it: of two that write at once one is told that it changed", async () => {
			const first = await alice.mailbox.writeHead(bytes("first"), undefined);
			if (first === "changed") throw new Error("there was none");
			expect(await bob.mailbox.writeHead(bytes("made up"), undefined)).toBe("changed");
			const results = await Promise.all([
				alice.mailbox.writeHead(bytes("of alice"), first),
				bob.mailbox.writeHead(bytes("of bob"), first),
			]);
			expect(results.filter((result) => result === "changed")).toHaveLength(1);
			const winner = results[0] === "changed" ? "of bob" : "of alice";
			const head = defined(await alice.mailbox.readHead());
			expect(text(head.bytes)).toBe(winner);
			expect(results).toContain(head.tag);
			expect(await bob.mailbox.writeHead(bytes("late"), first)).toBe("changed");
			expect(text(defined(await alice.mailbox.readHead()).bytes)).toBe(winner);
			await alice.mailbox.clear();
			expect(await bob.mailbox.writeHead(bytes("of nothing"), head.tag)).toBe("changed");
			expect(await bob.mailbox.readHead()).toBeUndefined();
		});

		it("[Z2] writes a pack once: whoever comes later with its id is told so, and it stays as it is", async () => {
			const id = newPackId();
			const content = someBytes(300_000);
			const mine = content.slice();
			expect(await alice.mailbox.writePack(id, mine)).toBe("written");
			mine.fill(0);
			expect(await bob.mailbox.writePack(id, bytes("other bytes"))).toBe("exists");
			expect(await alice.mailbox.writePack(id, content)).toBe("exists");
			expect(equalBytes(defined(await bob.mailbox.readPack(id, 0, content.length)), content)).toBe(true);
			const [pack] = (await bob.mailbox.look()).packs;
			expect(pack).toMatchObject({ id, bytes: content.length });
			expect(defined(pack).ageMs).toBeGreaterThanOrEqual(0);
			const other = newPackId();
			const results = await Promise.all(
				["a", "b", "c", "d"].map((each) => alice.mailbox.writePack(other, bytes(each.repeat(50_000)))),
			);
			expect(results.filter((result) => result === "written")).toHaveLength(1);
		});

		it("[Z4] gives any range of a pack, and what there is of one that goes beyond its end", async () => {
			const id = newPackId();
			const content = someBytes(2 * 1024 * 1024 + 17);
			await alice.mailbox.writePack(id, content);
			const ranges: readonly (readonly [number, number])[] = [
				[0, 1],
				[0, content.length],
				[content.length - 1, content.length],
				[262_144, 524_288],
				[262_143, 262_145],
				[content.length - 5, content.length + 100],
				[content.length, content.length + 1],
				[content.length + 100, content.length + 200],
				[7, 7],
			];
			for (const [from, to] of ranges) {
				const range = defined(await bob.mailbox.readPack(id, from, to));
				expect([from, to, equalBytes(range, content.slice(from, to))]).toEqual([from, to, true]);
			}
		});

		it("[Z1] keeps groups apart: neither head nor pack nor receipt of one is seen, replaced or removed by another", async () => {
			const stranger = await fixture.device(2);
			const id = newPackId();
			await alice.mailbox.writePack(id, bytes("a pack"));
			const tag = await alice.mailbox.writeHead(bytes("a head"), undefined);
			await alice.mailbox.writeReceipt(bytes("a receipt"));
			expect(await stranger.mailbox.look()).toMatchObject({ head: undefined, packs: [], receipts: [], usedBytes: 0 });
			expect(await stranger.mailbox.readHead()).toBeUndefined();
			expect(await stranger.mailbox.readPack(id, 0, 10)).toBeUndefined();
			expect(await stranger.mailbox.writePack(id, bytes("theirs"))).toBe("written");
			if (tag === "changed") throw new Error("there was none");
			expect(await stranger.mailbox.writeHead(bytes("theirs"), tag)).toBe("changed");
			await stranger.mailbox.removePack(id);
			await stranger.mailbox.clear();
			expect(text(defined(await bob.mailbox.readPack(id, 0, 100)))).toBe("a pack");
			expect(text(defined(await bob.mailbox.readHead()).bytes)).toBe("a head");
			expect((await bob.mailbox.look()).receipts).toHaveLength(1);
		});

		it("[Z5] keeps one receipt of each device, under the name of who wrote it", async () => {
			await alice.mailbox.writeReceipt(bytes("old of alice"));
			await bob.mailbox.writeReceipt(bytes("of bob"));
			await alice.mailbox.writeReceipt(bytes("of alice"));
			const { receipts } = await bob.mailbox.look();
			expect(new Map(receipts.map((each) => [each.device, text(each.bytes)]))).toEqual(
				new Map([
					[alice.id, "of alice"],
					[bob.id, "of bob"],
				]),
			);
		});

		it("[Z5] shows the receipts of as many devices as one answer can hold; when one more comes, the oldest goes", async () => {
			const devices = [alice, bob];
			while (devices.length <= MAILBOX_RECEIPTS_MAX) devices.push(await fixture.device(1));
			for (const { mailbox } of devices) await mailbox.writeReceipt(someBytes(MAILBOX_RECEIPT_BYTES_MAX));
			const { receipts } = await bob.mailbox.look();
			expect(new Set(receipts.map(({ device }) => device))).toEqual(new Set(devices.slice(1).map(({ id }) => id)));
		});

		it("[Z9] removes a pack so that nothing of it is left, and everything when it is told to", async () => {
			const [gone, kept] = [newPackId(), newPackId()];
			await alice.mailbox.writePack(gone, someBytes(1_000));
			await alice.mailbox.writePack(kept, someBytes(100));
			await bob.mailbox.removePack(gone);
			await bob.mailbox.removePack(gone);
			expect(await alice.mailbox.readPack(gone, 0, 10)).toBeUndefined();
			expect(await alice.mailbox.look()).toMatchObject({ packs: [{ id: kept, bytes: 100 }], usedBytes: 100 });
			expect(await alice.mailbox.writePack(gone, bytes("anew"))).toBe("written");
			await alice.mailbox.writeHead(bytes("head"), undefined);
			await bob.mailbox.writeReceipt(bytes("receipt"));
			await alice.mailbox.clear();
			expect(await bob.mailbox.look()).toMatchObject({ head: undefined, packs: [], receipts: [], usedBytes: 0 });
			expect(await bob.mailbox.readHead()).toBeUndefined();
			expect(await bob.mailbox.readPack(kept, 0, 10)).toBeUndefined();
			expect(await bob.mailbox.writeHead(bytes("begun again"), undefined)).not.toBe("changed");
		});

		it("[Z6] refuses what is empty or too large, and what was there stays", async () => {
			const tooLarge = { name: "MailboxError", code: "too-large" };
			const tag = await alice.mailbox.writeHead(bytes("good"), undefined);
			if (tag === "changed") throw new Error("there was none");
			await alice.mailbox.writeReceipt(bytes("good"));
			const id = newPackId();
			for (const length of [0, MAILBOX_HEAD_BYTES_MAX + 1]) {
				await expect(alice.mailbox.writeHead(new Uint8Array(length), tag)).rejects.toMatchObject(tooLarge);
			}
			for (const length of [0, MAILBOX_RECEIPT_BYTES_MAX + 1]) {
				await expect(alice.mailbox.writeReceipt(new Uint8Array(length))).rejects.toMatchObject(tooLarge);
			}
			for (const length of [0, OBJECT_BYTES_MAX + 1]) {
				await expect(alice.mailbox.writePack(id, new Uint8Array(length))).rejects.toMatchObject(tooLarge);
			}
			expect(await alice.mailbox.look()).toMatchObject({ head: { tag }, packs: [] });
		});

		it("[Z6] takes packs up to what the group may keep; heads and receipts always, and room that becomes free is free", async () => {
			const [first, second, third] = [newPackId(), newPackId(), newPackId()];
			await alice.mailbox.writePack(first, someBytes(OBJECT_BYTES_MAX));
			await alice.mailbox.writePack(second, someBytes(OBJECT_BYTES_MAX));
			await expect(bob.mailbox.writePack(third, someBytes(OBJECT_BYTES_MAX))).rejects.toMatchObject({ code: "full" });
			const rest = ALLOWED_BYTES - 2 * OBJECT_BYTES_MAX;
			expect(await bob.mailbox.writePack(third, someBytes(rest))).toBe("written");
			await expect(bob.mailbox.writePack(newPackId(), someBytes(1))).rejects.toMatchObject({ code: "full" });
			expect((await alice.mailbox.look()).usedBytes).toBe(ALLOWED_BYTES);
			const head = await alice.mailbox.writeHead(someBytes(MAILBOX_HEAD_BYTES_MAX), undefined);
			expect(head).not.toBe("changed");
			await bob.mailbox.writeReceipt(someBytes(100));
			const stranger = await fixture.device(2);
			expect(await stranger.mailbox.writePack(first, someBytes(1_000))).toBe("written");
			await alice.mailbox.removePack(first);
			expect(await bob.mailbox.writePack(newPackId(), someBytes(1_000))).toBe("written");
		}, 60_000);

		it("[Z1] lists all packs, however many there are", async () => {
			const ids = Array.from({ length: MAILBOX_PACKS_PER_PAGE + 3 }, newPackId);
			for (const id of ids) await alice.mailbox.writePack(id, bytes(id));
			const { packs, usedBytes } = await bob.mailbox.look();
			expect(new Set(packs.map(({ id }) => id))).toEqual(new Set(ids));
			expect(packs).toHaveLength(ids.length);
			expect(usedBytes).toBe(32 * ids.length);
		}, 60_000);
	});
}

export function newPackId(): PackId {
	return defined(parsePackId(randomBytes(16).toString("hex")));
}

export function someBytes(length: number): Uint8Array {
	return new Uint8Array(randomBytes(length));
}

function bytes(content: string): Uint8Array {
	return new TextEncoder().encode(content);
}

function text(content: Uint8Array): string {
	return new TextDecoder().decode(content);
}
