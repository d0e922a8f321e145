// Secrets are only ever in the app's secret storage.
import { describe, expect, it } from "vitest";
import { formatGroupKey, newGroupKey } from "../../src/core/group-key.ts";
import { SecretStore } from "../../src/obsidian/secret-store.ts";
import { firstKey, ringOf, withKey } from "../../src/web/key-ring.ts";
import { webRandom } from "../../src/web/web-random.ts";

function defined<T>(value: T | undefined): T {
	if (value === undefined) throw new Error("it is not there");
	return value;
}

function memorySecrets(): { getSecret(id: string): string | null; setSecret(id: string, secret: string): void } {
	const secrets = new Map<string, string>();
	return {
		getSecret: (id) => secrets.get(id) ?? null,
		setSecret: (id, secret) => {
			// The app's own rule.
			if (!/^[a-z0-9-]{1,64}$/.test(id)) throw new Error(`no id of a secret: ${id}`);
			secrets.set(id, secret);
		},
	};
}

describe("SecretStore", () => {
	it("has no key at first, and gives back the one it made over a restart", () => {
		const secrets = memorySecrets();
		const store = new SecretStore(secrets, webRandom);
		expect(store.groupKey).toBeUndefined();
		store.createGroupKey();
		const { key, text } = store.groupKey ?? {};
		expect(text).toMatch(/^psync1[a-z0-9]{59}$/);
		expect(new SecretStore(secrets, webRandom).groupKey).toEqual({ key, text });
	});

	it("makes another key each time", () => {
		const store = new SecretStore(memorySecrets(), webRandom);
		store.createGroupKey();
		const first = store.groupKey?.text;
		store.createGroupKey();
		expect(store.groupKey?.text).not.toBe(first);
	});

	it("[SU2] has one key for a new group until that is made, however often it is looked at", () => {
		const store = new SecretStore(memorySecrets(), webRandom);
		const key = store.keyToBe;
		expect(store.keyToBe).toEqual(key);
		store.createGroupKey();
		expect([store.groupKey?.key, store.keyToBe]).toEqual([key, key]);
		store.forgetGroup();
		expect(store.keyToBe).not.toEqual(key);
	});

	it("[K25] says so when the storage takes a new key without keeping it, and has the one before", () => {
		const secrets = memorySecrets();
		const store = new SecretStore(secrets, webRandom);
		store.createGroupKey();
		const first = defined(store.ring);
		const full = new SecretStore({ ...secrets, setSecret: () => undefined }, webRandom);
		expect(() => {
			full.saveRing(withKey(first, newGroupKey(webRandom), 1));
		}).toThrow("keeps nothing new");
		expect(store.ring).toEqual(first);
	});

	it("takes what is no key for none", () => {
		const secrets = memorySecrets();
		secrets.setSecret("psync-group-key", "psync1 but not a key");
		expect(new SecretStore(secrets, webRandom).groupKey).toBeUndefined();
	});

	it("keeps the keys before a new one, and is in the same group with any of them, also after an end between two writes", () => {
		const secrets = memorySecrets();
		const store = new SecretStore(secrets, webRandom);
		store.createGroupKey();
		const first = defined(store.ring);
		expect(first.isFirst).toBe(true);
		store.saveRing(withKey(first, newGroupKey(webRandom), 1));
		const second = defined(store.ring);
		expect(store.groupKey?.key).toEqual(second.current);
		expect(firstKey(second)).toEqual(first.current);
		secrets.setSecret("psync-group-key", formatGroupKey(first.current));
		expect(new SecretStore(secrets, webRandom).ring).toEqual(second);
	});

	it("forgets the keys before a key that a person gives: it is another group's", () => {
		const store = new SecretStore(memorySecrets(), webRandom);
		store.createGroupKey();
		store.saveRing(withKey(defined(store.ring), newGroupKey(webRandom), 1));
		const other = newGroupKey(webRandom);
		store.setGroupKey(other);
		expect(store.ring).toEqual(ringOf(other));
	});

	it("[Q5] keeps what an engine hands it only as long as this device is in that engine's group", () => {
		const store = new SecretStore(memorySecrets(), webRandom);
		store.createGroupKey();
		const first = defined(store.ring);
		const next = withKey(first, newGroupKey(webRandom), 1);
		store.followRing(next);
		expect(store.ring).toEqual(next);
		const late = withKey(next, newGroupKey(webRandom), 2);
		store.forgetGroup();
		expect(() => {
			store.followRing(late);
		}).toThrow("not in that group any more");
		expect(store.ring).toBeUndefined();
		// A key of earlier, given by a person, is a group of its own to this device.
		for (const key of [newGroupKey(webRandom), next.current]) {
			store.setGroupKey(key);
			expect(() => {
				store.followRing(late);
			}).toThrow("not in that group any more");
			expect(store.ring).toEqual(ringOf(key));
		}
	});

	it("[Q5] forgets the group as far as the storage lets it, and says what did not go", () => {
		const secrets = memorySecrets();
		new SecretStore(secrets, webRandom).createGroupKey();
		const stuck = {
			...secrets,
			setSecret: (id: string, secret: string) => {
				if (id !== "psync-group-keys") secrets.setSecret(id, secret);
			},
		};
		const store = new SecretStore(stuck, webRandom);
		store.accessCode = "open sesame";
		expect(() => {
			store.forgetGroup();
		}).toThrow("keeps nothing new");
		expect([store.ring, store.accessCode]).toEqual([undefined, ""]);
	});

	it("keeps the keys before the one in use when a person gives that one again: what the device knows is known by the first", () => {
		const store = new SecretStore(memorySecrets(), webRandom);
		store.createGroupKey();
		store.saveRing(withKey(defined(store.ring), newGroupKey(webRandom), 1));
		const before = defined(store.ring);
		store.setGroupKey(before.current);
		expect(store.ring).toEqual(before);
	});

	it("keeps an access code without the spaces around it, and an empty one is none", () => {
		const store = new SecretStore(memorySecrets(), webRandom);
		expect(store.accessCode).toBe("");
		store.accessCode = " open sesame ";
		expect(store.accessCode).toBe("open sesame");
		store.accessCode = "  ";
		expect(store.accessCode).toBe("");
	});
});
