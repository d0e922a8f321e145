// The mailbox of a relay that is killed in the middle of everything.
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { MailboxTag, PackId } from "../../src/wire/mailbox-api.ts";
import { newPackId, someBytes } from "../contracts/mailbox.contract.ts";
import { builtRelay } from "../support/built-relay.ts";
import { defined, newKey } from "../support/relay-clients.ts";
import { mailboxDevice } from "../support/relay-mailboxes.ts";
import type { MailboxDevice } from "../support/relay-mailboxes.ts";

const program = builtRelay();
const KIB = 1024;
const ROUNDS = 12;

const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** What devices sent, and what of it the relay confirmed. */
interface Ledger {
	readonly sent: Map<PackId, string>;
	readonly confirmed: Set<PackId>;
	/** Whether the relay has it is not known: the answer did not come. */
	readonly removed: Set<PackId>;
	readonly heads: Map<MailboxTag, string>;
	head: MailboxTag | undefined;
}

describe("[Z7] a relay that is killed at any moment while devices write", () => {
	it("has everything that it confirmed, whole, nothing in part, and counts right from the next start on", async () => {
		const dataDir = join(program.folder, "killed");
		const [group, key] = [await newKey(), await newKey()];
		const ledger: Ledger = {
			sent: new Map(),
			confirmed: new Set(),
			removed: new Set(),
			heads: new Map(),
			head: undefined,
		};
		let [whole, unconfirmed, unfinished] = [0, 0, 0];
		// Now and then none of them dies in the middle of a body: then it goes on until one does.
		for (let round = 0; round < ROUNDS || (unfinished === 0 && round < 10 * ROUNDS); round++) {
			const relay = program.run(["--listen", ":0", "--data", dataDir, "--storage", "fs"]);
			const url = await relay.listening();
			const devices = await Promise.all([
				mailboxDevice(url, group, { key }),
				...Array.from({ length: 3 }, () => mailboxDevice(url, group)),
			]);
			// Every few confirmations, so that each round ends in another place.
			let left = 3 + (round % ROUNDS) * 5;
			const confirm = (): void => {
				if (--left === 0) relay.child.kill("SIGKILL");
			};
			const untilKilled = async (act: () => Promise<void>): Promise<void> => {
				try {
					while (relay.child.signalCode === null) await act();
				} catch {
					// The relay is gone: this one was not confirmed.
				}
			};
			await Promise.all([
				...devices.map(({ mailbox }) => untilKilled(() => writeOne(mailbox, ledger, confirm))),
				untilKilled(() => writeHead(defined(devices[0]).mailbox, ledger, confirm)),
			]);
			await relay.exit;
			unfinished += (await readdir(join(dataDir, "mailbox"))).filter((name) => name.endsWith(".tmp")).length;

			const again = program.run(["--listen", ":0", "--data", dataDir, "--storage", "fs"]);
			const device = await mailboxDevice(await again.listening(), group, { key });
			const found = await check(device, ledger);
			whole += found.packs;
			unconfirmed += found.unconfirmed;
			expect((await readdir(join(dataDir, "mailbox"))).filter((name) => name.endsWith(".tmp"))).toEqual([]);
			expect(await again.stop()).toBe(0);
			expect(again.stderr).not.toContain("none of its objects");
		}
		console.info(
			`${ROUNDS} kills: ${unfinished} bodies were left unfinished and freed, ${whole} packs read again whole, ${unconfirmed} of them never confirmed`,
		);
		expect(unfinished).toBeGreaterThan(0);
	}, 120_000);
});

async function writeOne(mailbox: MailboxDevice["mailbox"], ledger: Ledger, confirm: () => void): Promise<void> {
	const id = newPackId();
	const bytes = someBytes(1 + Math.floor(Math.random() * 600 * KIB));
	ledger.sent.set(id, digestOf(bytes));
	await mailbox.writePack(id, bytes);
	ledger.confirmed.add(id);
	confirm();
	const oldest = [...ledger.confirmed][0];
	if (ledger.confirmed.size < 20 || oldest === undefined) return;
	ledger.confirmed.delete(oldest);
	ledger.removed.add(oldest);
	await mailbox.removePack(oldest);
}

async function writeHead(mailbox: MailboxDevice["mailbox"], ledger: Ledger, confirm: () => void): Promise<void> {
	const bytes = someBytes(20 * KIB);
	const tag = digestOf(bytes).slice(0, 32) as MailboxTag;
	ledger.heads.set(tag, digestOf(bytes));
	const written = await mailbox.writeHead(bytes, ledger.head);
	if (written === "changed") throw new Error("nobody else writes heads");
	expect(written).toBe(tag);
	ledger.head = tag;
	confirm();
}

async function check({ mailbox }: MailboxDevice, ledger: Ledger): Promise<{ packs: number; unconfirmed: number }> {
	const state = await mailbox.look();
	let [used, unconfirmed] = [0, 0];
	for (const { id, bytes } of state.packs) {
		const content = defined(await mailbox.readPack(id, 0, bytes + 1));
		expect([content.length, digestOf(content)]).toEqual([bytes, ledger.sent.get(id)]);
		used += bytes;
		if (!ledger.confirmed.has(id)) unconfirmed++;
	}
	const ids = new Set(state.packs.map(({ id }) => id));
	expect([...ledger.confirmed].filter((id) => !ids.has(id))).toEqual([]);
	const head = await mailbox.readHead();
	if (head !== undefined) {
		expect(digestOf(head.bytes)).toBe(ledger.heads.get(head.tag));
		used += head.bytes.length;
	} else expect(ledger.head).toBeUndefined();
	// One that was written and not confirmed may be there in place of the last that was.
	const written = [...ledger.heads.keys()];
	if (ledger.head !== undefined)
		expect(written.indexOf(defined(head).tag)).toBeGreaterThanOrEqual(written.indexOf(ledger.head));
	ledger.head = head?.tag;
	expect(state.usedBytes).toBe(used);
	return { packs: state.packs.length, unconfirmed };
}
