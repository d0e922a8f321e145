// What is kept of a link that a person said yes to, and in which order.
import { describe, expect, it } from "vitest";
import { newGroupKey } from "../../src/core/group-key.ts";
import { keepPairing } from "../../src/obsidian/pairing.ts";
import { SecretStore } from "../../src/obsidian/secret-store.ts";
import { webRandom } from "../../src/web/web-random.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";

function bench(isFull: boolean) {
	const secrets = new Map<string, string>();
	const store = new SecretStore(
		{
			getSecret: (id) => secrets.get(id) ?? null,
			setSecret: (id, secret) => {
				if (!isFull) secrets.set(id, secret);
			},
		},
		webRandom,
	);
	const done: string[] = [];
	const options = {
		secrets: store,
		setRelayUrl: (relayUrl: string) => {
			done.push(relayUrl);
			return Promise.resolve();
		},
		beforeJoin: () => done.push(`before, ${store.groupKey === undefined ? "no key" : "key"}`),
		onChange: () => done.push("changed"),
	};
	const pairing = { groupKey: newGroupKey(webRandom), relayUrl: "wss://a.example" as RelayUrl, accessCode: undefined };
	return { done, store, joined: () => keepPairing(options, { ...pairing, firstDevice: undefined }) };
}

describe("joining by a link", () => {
	it("[SU8] prepares the first look once the key is kept, and before anything runs with it", async () => {
		const { done, joined } = bench(false);
		await joined();
		expect(done).toEqual(["before, key", "wss://a.example", "changed"]);
	});

	it("[Q4] changes nothing where the key cannot be kept", async () => {
		const { done, store, joined } = bench(true);
		await expect(joined()).rejects.toThrow("keeps nothing new");
		expect([done, store.groupKey]).toEqual([[], undefined]);
	});
});
