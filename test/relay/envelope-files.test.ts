// The envelope box on the disk of a relay that is stopped, killed, or finds its files spoilt.
import { mkdir, readFile, readdir, stat, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ENVELOPE_LIFE_MS } from "../../src/wire/relay-api.ts";
import { builtRelay } from "../support/built-relay.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { defined, newKey } from "../support/relay-clients.ts";
import type { TestKey } from "../support/relay-clients.ts";
import { boxDevice, bytes, contentOf } from "../support/relay-boxes.ts";
import type { RelayProcess } from "../support/relay-process.ts";
import { startedRelays } from "../support/started-relays.ts";

const program = builtRelay();
const relays = startedRelays();

const dataDir = (name: string): string => join(program.folder, name);
const run = (name: string): RelayProcess => program.run(["--listen", ":0", "--data", dataDir(name)]);

describe("[Y3] an envelope that the relay said it has", () => {
	it.each(["SIGTERM", "SIGKILL"] as const)("is there after %s and a new start", async (signal) => {
		const first = run(signal);
		const [group, key] = [await newKey(), await newKey()];
		const alice = await boxDevice(await first.listening(), group);
		const bob = await boxDevice(await first.listening(), group, { key });
		await alice.box.put(bob.id, bytes("for bob"));
		first.child.kill(signal);
		await first.exit;
		const second = run(signal);
		const back = await boxDevice(await second.listening(), group, { key });
		expect(await contentOf(back)).toEqual({ [alice.id]: "for bob" });
		await back.box.remove({ from: alice.id, bytes: bytes("for bob") });
		second.child.kill("SIGKILL");
		await second.exit;
		const third = run(signal);
		expect(await contentOf(await boxDevice(await third.listening(), group, { key }))).toEqual({});
	});

	it("is there whole, or a newer one is, when the relay is killed in the middle of writing many; nothing unfinished stays", async () => {
		const group = await newKey();
		const addressees = await Promise.all(Array.from({ length: 12 }, newKey));
		const senderKey = await newKey();
		let version = 0;
		/** Of each addressee the last that was confirmed, over all rounds. */
		const confirmed = new Map<string, number>();
		for (let round = 0; round < 5; round++) {
			const relay = run("killed");
			const url = await relay.listening();
			const alice = await boxDevice(url, group, { key: senderKey });
			let count = 0;
			let isKilled = false;
			const writing = addressees.map(async (key) => {
				const to = (await boxDevice(url, group, { key })).id;
				while (!isKilled) {
					const mine = ++version;
					try {
						await alice.box.put(to, bytes(`${String(mine)} `.repeat(900)));
					} catch {
						// The relay is gone: this one was not confirmed.
						return;
					}
					confirmed.set(to, mine);
					if (++count !== 20 + 7 * round) continue;
					isKilled = true;
					relay.child.kill("SIGKILL");
				}
			});
			await Promise.all(writing);
			await relay.exit;
			const again = run("killed");
			const place = await again.listening();
			for (const key of addressees) {
				const device = await boxDevice(place, group, { key });
				const text = (await contentOf(device))[alice.id];
				const kept = Number(/^(\d+) /.exec(text ?? "")?.[1] ?? 0);
				if (text !== undefined) expect(text).toBe(`${String(kept)} `.repeat(900));
				expect(kept).toBeGreaterThanOrEqual(confirmed.get(device.id) ?? 0);
			}
			expect((await readdir(join(dataDir("killed"), "envelopes"))).filter((name) => name.endsWith(".tmp"))).toEqual([]);
			await again.stop();
		}
		expect(confirmed.size).toBe(addressees.length);
	});

	it("is not harmed by others that are spoilt: they are passed over and counted", async () => {
		const group = await newKey();
		const keys = await Promise.all(Array.from({ length: 6 }, newKey));
		const first = run("spoilt");
		const alice = await boxDevice(await first.listening(), group);
		for (const key of keys) {
			const { id } = await boxDevice(await first.listening(), group, { key });
			await alice.box.put(id, bytes(`for ${id}`));
		}
		await first.stop();
		const folder = join(dataDir("spoilt"), "envelopes");
		const files = (await readdir(folder)).map((name) => join(folder, name));
		const [flipped, cut, empty, swapped, long] = files.map((file) => file);
		const content = await readFile(defined(flipped));
		content[60] = (content[60] ?? 0) ^ 1;
		await writeFile(defined(flipped), content);
		await truncate(defined(cut), 100);
		await truncate(defined(empty), 0);
		// A good file under another's name is not that other's.
		await writeFile(defined(swapped), await readFile(defined(files[5])));
		await writeFile(defined(long), Buffer.alloc(1_000_000));
		await mkdir(join(folder, "a".repeat(32)));
		await symlink("/etc/passwd", join(folder, "b".repeat(32)));
		await symlink(defined(files[5]), join(folder, "d".repeat(32)));
		await writeFile(join(folder, "README"), "not ours");
		await writeFile(join(folder, `${"c".repeat(32)}.0123abcd.tmp`), "half of one");

		const second = run("spoilt");
		const url = await second.listening();
		const found = await Promise.all(keys.map(async (key) => contentOf(await boxDevice(url, group, { key }))));
		const texts = found.flatMap((each) => Object.values(each));
		expect(texts).toHaveLength(1);
		expect(second.stderr).toContain('"damaged":9');
		expect(await readdir(folder)).not.toContain(`${"c".repeat(32)}.0123abcd.tmp`);
		// The place of one that was spoilt can be taken again.
		const sender = await boxDevice(url, group, { key: alice.relay.key });
		for (const key of keys) await sender.box.put((await boxDevice(url, group, { key })).id, bytes("anew"));
		await second.stop();
		const third = run("spoilt");
		const last = await third.listening();
		for (const key of keys) {
			expect(await contentOf(await boxDevice(last, group, { key }))).toEqual({ [alice.id]: "anew" });
		}
		expect(third.stderr).toContain('"damaged":4');
	});

	it("that cannot be written is not confirmed, and the one before stays", async () => {
		const relay = await relays.start({ dataDir: relays.folder });
		const group = await newKey();
		const [alice, bob] = [await boxDevice(relay.url, group), await boxDevice(relay.url, group)];
		await writeFile(join(relays.folder, "envelopes"), "a file where the folder would be");
		await expect(alice.box.put(bob.id, bytes("lost"))).rejects.toMatchObject({ code: "unreachable" });
		expect(await contentOf(bob)).toEqual({});
	});

	it("is kept in memory where there is no data folder", async () => {
		const relay = await relays.start();
		const group = await newKey();
		const [alice, bob] = [await boxDevice(relay.url, group), await boxDevice(relay.url, group)];
		await alice.box.put(bob.id, bytes("for bob"));
		expect(await contentOf(bob)).toEqual({ [alice.id]: "for bob" });
	});

	it("spoilt files go when their time is over, by their date", async () => {
		const folder = join(relays.folder, "envelopes");
		await mkdir(folder);
		const now = 1_800_000_000_000;
		for (const [name, at] of [
			["a".repeat(32), now - ENVELOPE_LIFE_MS - 1_000],
			["b".repeat(32), now],
		] as const) {
			await writeFile(join(folder, name), "spoilt");
			await utimes(join(folder, name), at / 1000, at / 1000);
		}
		await relays.start({ dataDir: relays.folder, clock: new ManualClock(now) });
		expect(await readdir(folder)).toEqual(["b".repeat(32)]);
	});
});

describe("[Y8] what the relay keeps and logs of envelopes", () => {
	it("tells nobody but the relay whose they are, and no other user of the machine may look", async () => {
		const relay = program.run(["--listen", ":0", "--data", dataDir("traces"), "--log-level", "debug"]);
		const url = await relay.listening();
		const group = await newKey();
		const [alice, bob] = [await boxDevice(url, group), await boxDevice(url, group)];
		const sealed = bytes("sealed bytes that nobody but bob can open");
		await alice.box.put(bob.id, sealed);
		await contentOf(bob);
		await alice.box.put(bob.id, bytes("x"));
		await bob.box.remove({ from: alice.id, bytes: bytes("x") });
		await alice.box.put(bob.id, sealed);
		await relay.stop();
		const secrets = [group, alice.relay.key, bob.relay.key].flatMap(({ thumbprint }) => idForms({ thumbprint }));
		const folder = join(dataDir("traces"), "envelopes");
		const names = await readdir(folder);
		expect(names).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
		const kept = await readFile(join(folder, defined(names[0])));
		for (const text of [relay.stderr, names.join(), kept.toString("latin1"), kept.toString("hex")]) {
			for (const secret of secrets) expect(text).not.toContain(secret);
			expect(text).not.toContain("sealed bytes");
			expect(text).not.toContain("eyJ");
		}
		expect((await stat(folder)).mode & 0o777).toBe(0o700);
		expect((await stat(join(folder, defined(names[0])))).mode & 0o777).toBe(0o600);
	});
});

function idForms({ thumbprint }: Pick<TestKey, "thumbprint">): string[] {
	const raw = Buffer.from(thumbprint, "hex");
	return [thumbprint.slice(0, 16), raw.toString("base64url").slice(0, 10), raw.subarray(0, 8).toString("latin1")];
}
