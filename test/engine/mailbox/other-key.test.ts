// What devices do with their mailbox when the group gets another key: whoever was taken out knows the one before.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GroupKey } from "../../../src/core/group-key.ts";
import type { GroupId } from "../../../src/core/ids.ts";
import { MailboxError, type Mailbox } from "../../../src/engine/ports/mailbox.ts";
import { MemoryEnvelopes } from "../../support/memory-envelopes.ts";
import { MemoryMailboxes } from "../../support/memory-mailbox.ts";
import { MemoryNetwork } from "../../support/memory-transport.ts";
import { keyNamed, RotatingWorld, secretsOf, type RotatingDevice } from "../../support/rotating-devices.ts";
import { clock, during, Host } from "../../support/rotating-hosts.ts";

const OLD = secretsOf(keyNamed("first")).groupId;

/** A promise, and its end. */
function gate(): { readonly opened: Promise<void>; open: () => void } {
	let open = (): void => undefined;
	const opened = new Promise<void>((resolve) => (open = resolve));
	return { opened, open };
}

class Place {
	readonly envelopes = new MemoryEnvelopes();
	readonly mailboxes = new MemoryMailboxes();
	/** What a host wrote into the mailbox of a group: "phone head". */
	readonly written: { readonly group: GroupId; readonly what: string }[] = [];
	/** What a host asked of it. */
	asked: string[] = [];
	/** How the relay answers a host. */
	seen: (box: Mailbox, host: Host, group: GroupId) => Mailbox = (box) => box;
	readonly #networks = new Map<string, MemoryNetwork>();
	readonly laptop = this.#host("laptop");
	readonly phone = this.#host("phone");
	readonly lost = this.#host("lost");

	constructor() {
		this.envelopes.onPut = (to) => {
			for (const network of this.#networks.values()) network.tellOfEnvelope(to);
		};
	}

	#host(name: string): Host {
		const { envelopes } = this;
		return new Host(name, {
			envelopes,
			networkOf: (key) => this.networkOf(key),
			mailboxOf: (group, host) => this.seen(this.#watched(group, host), host, group),
		});
	}

	networkOf(key: GroupKey): MemoryNetwork {
		const network = this.#networks.get(key.join()) ?? new MemoryNetwork({ clock });
		this.#networks.set(key.join(), network);
		return network;
	}

	#watched(group: GroupId, { name, id }: Host): Mailbox {
		const box = this.mailboxes.mailboxOf(group, id);
		const note = (what: string): void => {
			this.written.push({ group, what: `${name} ${what}` });
		};
		return {
			...box,
			look: () => {
				this.asked.push(name);
				return box.look();
			},
			writeHead: (bytes, after) => {
				note("head");
				return box.writeHead(bytes, after);
			},
			writePack: (id, bytes) => {
				note("pack");
				return box.writePack(id, bytes);
			},
			writeReceipt: (bytes) => {
				note("receipt");
				return box.writeReceipt(bytes);
			},
		};
	}

	/** Under the key that the removed device knows, since the last time. */
	writtenUnderOld(): string[] {
		return this.written.splice(0).flatMap(({ group, what }) => (group === OLD ? [what] : []));
	}

	get old() {
		return this.mailboxes.contentOf(OLD);
	}

	/** All have met, and the laptop is alone now. */
	async met(): Promise<void> {
		const { laptop, phone, lost } = this;
		laptop.vault.save("note.md", "of the laptop");
		for (const host of [laptop, phone, lost]) {
			await host.start();
			await clock.advance(8_000);
		}
		await clock.advance(60_000);
		await phone.stop();
		await lost.stop();
		await clock.advance(30_000);
		this.written.length = 0;
	}

	async end(): Promise<void> {
		for (const host of [this.laptop, this.phone, this.lost]) if (host.isRunning) await host.stop();
		await clock.advance(60_000);
		expect(clock.pending).toBe(0);
	}
}

let place: Place;
beforeEach(() => {
	place = new Place();
});
afterEach(() => place.end());

describe("[ZD23] once a device knows that the group has another key", () => {
	test("nothing lands under the one before: not the head of an upload that was under way, and its pack goes", async () => {
		const { laptop, phone, lost } = place;
		const answer = gate();
		const stored = gate();
		place.seen = (box, host, group) => ({
			...box,
			writePack: async (id, bytes) => {
				const written = await box.writePack(id, bytes);
				if (group !== OLD || host !== laptop) return written;
				stored.open();
				await answer.opened;
				return written;
			},
		});
		await place.met();
		laptop.vault.save("note.md", "edited just before");
		await during(stored.opened);
		expect(place.writtenUnderOld()).toContain("laptop pack");
		expect(place.old.packs.size).toBe(1);
		const removed = laptop.engine.remove(lost.id);
		// What the roster says of it is known here; the relay's answer comes only now.
		await clock.advance(50);
		expect(laptop.engine.members().map(({ name }) => name)).not.toContain("lost");
		answer.open();
		expect(await during(removed)).toMatchObject({ kind: "removed" });
		await clock.advance(30_000);
		expect(place.writtenUnderOld()).toEqual([]);
		expect(place.old).toMatchObject({ head: undefined, packs: new Map() });

		// What devices lack is left again under the new key.
		await laptop.stop();
		await phone.start();
		await clock.advance(30_000);
		expect(phone.vault.text("note.md")).toBe("edited just before");
		expect(place.writtenUnderOld()).toEqual([]);
	});

	test("nor what was done on a device that is still asking for its envelope", async () => {
		const { laptop, phone, lost } = place;
		await place.met();
		await during(laptop.engine.remove(lost.id));
		await clock.advance(10_000);
		await laptop.stop();
		const answer = gate();
		phone.boxSeen = (box) => ({ ...box, take: () => answer.opened.then(() => box.take()) });
		phone.vault.save("of phone.md", "made while it was away");
		place.written.length = 0;
		await phone.start();
		await clock.advance(120_000);
		expect(place.written).toEqual([]);
		answer.open();
		await clock.advance(30_000);
		expect(phone.lives).toHaveLength(3);
		expect(place.writtenUnderOld()).toEqual([]);
		await phone.stop();
		await laptop.start();
		await clock.advance(30_000);
		expect(laptop.vault.text("of phone.md")).toBe("made while it was away");
	});

	test("an answer from before the connection broke is none: it is asked anew", async () => {
		const { laptop, phone, lost } = place;
		await place.met();
		const answers = [gate(), gate()] as const;
		let asked = 0;
		phone.boxSeen = (box) => ({
			...box,
			take: async () => {
				const found = await box.take();
				await answers[asked++]?.opened;
				return found;
			},
		});
		phone.vault.save("of phone.md", "made while it was away");
		// They do not reach each other.
		const network = place.networkOf(keyNamed("first"));
		network.cut(laptop.id, phone.id);
		await phone.start();
		network.cutFromRelay(phone.id);
		await clock.advance(1_000);
		await during(laptop.engine.remove(lost.id));
		await clock.advance(10_000);
		place.written.length = 0;
		network.healToRelay(phone.id);
		await clock.advance(10);
		answers[0].open();
		await clock.advance(60_000);
		expect(asked).toBe(2);
		expect(place.written).toEqual([]);
		answers[1].open();
		await clock.advance(30_000);
		expect(phone.lives).toHaveLength(3);
		expect(place.writtenUnderOld()).toEqual([]);
	});

	test("also on a device that cannot keep the new key: what it did stays with it until it can", async () => {
		const { laptop, phone, lost } = place;
		await place.met();
		await during(laptop.engine.remove(lost.id));
		await clock.advance(10_000);
		await laptop.stop();
		phone.hasRoom = false;
		phone.vault.save("of phone.md", "made while it was away");
		place.written.length = 0;
		await phone.start();
		await clock.advance(5 * 60_000);
		expect(place.written).toEqual([]);
		expect(phone.engine.status().mailbox?.isSafeToClose).toBe(false);
		phone.hasRoom = true;
		await clock.advance(2 * 60 * 60_000);
		expect(phone.lives).toHaveLength(3);
		expect(place.writtenUnderOld()).toEqual([]);
		expect(phone.engine.status().mailbox?.isSafeToClose).toBe(true);
	});

	test("what nobody here has taken in stays where it is; whoever left it leaves it again", async () => {
		const { laptop, phone, lost } = place;
		// The laptop sees that there is something, and cannot read it now.
		let isReadable = true;
		place.seen = (box, host) => ({
			...box,
			readPack: (id, from, to) => {
				if (host === laptop && !isReadable) throw new MailboxError("unreachable", "not now");
				return box.readPack(id, from, to);
			},
		});
		await place.met();
		await laptop.stop();
		await phone.start();
		phone.vault.save("of phone.md", "it lies there alone");
		await clock.advance(20_000);
		await phone.stop();
		const left = place.old;
		expect(left.packs.size).toBe(1);
		isReadable = false;
		await laptop.start();
		await clock.advance(10_000);
		await during(laptop.engine.remove(lost.id));
		await clock.advance(20_000);
		expect(laptop.lives).toHaveLength(3);
		expect(place.old.head).toEqual(left.head);
		expect([...place.old.packs.keys()]).toEqual([...left.packs.keys()]);
		isReadable = true;
		await phone.start();
		await clock.advance(20_000);
		await phone.stop();
		await clock.advance(60_000);
		expect(laptop.vault.text("of phone.md")).toBe("it lies there alone");
	});
});

test("[ZD23] a key is no good any more from the moment at which another one is made, before anybody is told", async () => {
	const world = await RotatingWorld.of(["laptop", "phone", "lost"]);
	const [laptop, phone, lost] = ["laptop", "phone", "lost"].map((name) => world.device(name)) as [
		RotatingDevice,
		RotatingDevice,
		RotatingDevice,
	];
	expect(laptop.rotation.isKeyGood).toBe(true);
	// It is written down; the disk takes nothing more, and the roster does not say it.
	laptop.dieAt = laptop.changeCount + 2;
	await laptop.remove(lost);
	expect(laptop.keeper.standingOf(lost.id)).toBe("member");
	expect(laptop.rotation.isKeyGood).toBe(false);
	expect(phone.rotation.isKeyGood).toBe(true);
	await laptop.restart();
	await world.pass(6_000);
	for (const { newKeys, rotation } of [laptop, phone]) expect([newKeys, rotation.isKeyGood]).toEqual([[1], true]);
});

describe("[ZD23] a relay that does not say whether there is another key", () => {
	test("gets nothing for as long as its box cannot be asked, and all goes on once it can", async () => {
		const { laptop, phone } = place;
		await place.met();
		await laptop.stop();
		place.envelopes.fail("unreachable");
		phone.vault.save("of phone.md", "made while it was away");
		await phone.start();
		await clock.advance(60_000);
		expect(place.written).toEqual([]);
		expect(phone.engine.status().mailbox).toMatchObject({ isSafeToClose: false });
		place.envelopes.fail(undefined);
		await clock.advance(120_000);
		expect(phone.engine.status().mailbox).toMatchObject({ isSafeToClose: true });
		await phone.stop();
		await laptop.start();
		await clock.advance(20_000);
		expect(laptop.vault.text("of phone.md")).toBe("made while it was away");
	});

	test.each(["refused", "bad-answer"] as const)("because it has no box (%s) serves as before", async (code) => {
		const { laptop, phone } = place;
		await place.met();
		await laptop.stop();
		place.envelopes.fail(code);
		phone.vault.save("of phone.md", "made while it was away");
		await phone.start();
		await clock.advance(10_000);
		await phone.stop();
		await laptop.start();
		await clock.advance(10_000);
		expect(laptop.vault.text("of phone.md")).toBe("made while it was away");
	});
});

describe("[ZD24] a device that was taken out", () => {
	/** The phone can find its new key, and the one that is out that it is. */
	const removed = async (): Promise<void> => {
		const { laptop, lost } = place;
		await place.met();
		await during(laptop.engine.remove(lost.id));
		await clock.advance(10_000);
		await laptop.stop();
		place.written.length = 0;
	};

	test("looks into the group's mailbox no more once it hears that it is out, and leaves nothing there", async () => {
		await removed();
		const { lost } = place;
		place.asked = [];
		lost.vault.save("of lost.md", "by whoever has it");
		await lost.start();
		await clock.advance(60 * 60_000);
		expect(lost.engine.members().find(({ isThis }) => isThis)?.standing).toBe("gone");
		expect(place.asked).toEqual([]);
		expect(place.written).toEqual([]);
		expect(lost.vault.text("of lost.md")).toBe("by whoever has it");
	});

	test("also when it hears that in the middle of an upload", async () => {
		const { laptop, lost } = place;
		await place.met();
		const [answer, stored] = [gate(), gate()];
		place.seen = (box, host) => ({
			...box,
			writePack: async (id, bytes) => {
				const written = await box.writePack(id, bytes);
				if (host !== lost) return written;
				stored.open();
				await answer.opened;
				return written;
			},
		});
		await lost.start();
		await clock.advance(10_000);
		lost.vault.save("of lost.md", "by whoever has it");
		await during(stored.opened);
		await during(laptop.engine.remove(lost.id));
		await clock.advance(20_000);
		place.asked = [];
		place.written.length = 0;
		answer.open();
		await clock.advance(60 * 60_000);
		expect(lost.engine.members().find(({ isThis }) => isThis)?.standing).toBe("gone");
		expect(place.writtenUnderOld()).toEqual([]);
		expect(place.asked).not.toContain("lost");
	});

	test("leaves nothing that another one takes in, whatever it does under the key that it knows", async () => {
		await removed();
		const { laptop, phone, lost } = place;
		lost.boxSeen = (box) => ({ ...box, take: () => Promise.resolve([]) });
		lost.vault.save("of lost.md", "by whoever has it");
		lost.vault.save("note.md", "changed by whoever has it");
		await lost.start();
		await clock.advance(60_000);
		expect(place.writtenUnderOld()).toContain("lost head");
		expect(place.old.packs.size).toBeGreaterThan(0);
		// It knows that one is out, could not keep the new key, and the relay withholds that: it reads what lies under the one before.
		let isWithheld = false;
		phone.boxSeen = (box) => ({ ...box, take: () => (isWithheld ? Promise.resolve([]) : box.take()) });
		phone.hasRoom = false;
		await phone.start();
		await clock.advance(10_000);
		await phone.stop();
		isWithheld = true;
		place.asked = [];
		phone.vault.save("of phone.md", "made while it was away");
		await phone.start();
		await clock.advance(5 * 60_000);
		expect(place.asked).toContain("phone");
		expect(phone.engine.status().problems.map(({ code }) => code)).toContain("relay-unreadable");
		expect([...phone.vault.files().keys()].sort()).toEqual(["note.md", "of phone.md"]);
		expect(phone.vault.text("note.md")).toBe("of the laptop");
		expect(phone.engine.status().mailbox?.isSafeToClose).toBe(false);
		expect(place.writtenUnderOld().filter((what) => !what.startsWith("lost"))).toEqual([]);
		isWithheld = false;
		phone.hasRoom = true;
		await laptop.start();
		await clock.advance(61 * 60_000);
		for (const host of [laptop, phone]) {
			expect([...host.vault.files().keys()].sort()).toEqual(["note.md", "of phone.md"]);
			expect(host.vault.text("note.md")).toBe("of the laptop");
			expect(host.engine.status().problems).toEqual([]);
		}
	});
});
