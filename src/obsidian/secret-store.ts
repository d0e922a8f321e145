// The group key and the relay's access code in Obsidian's secret storage: on this device only, never in the vault and never
// in data.json.
import type { SecretStorage } from "obsidian";
import * as v from "valibot";
import { equalBytes } from "../core/bytes.ts";
import { formatGroupKey, newGroupKey, parseGroupKey } from "../core/group-key.ts";
import type { GroupKey } from "../core/group-key.ts";
import type { DeviceId } from "../core/ids.ts";
import { ACCESS_CODE_CHARS_MAX } from "../wire/relay-api.ts";
import { firstKey, isOfGroup, keySchema, ringOf, ringRest, ringRestSchema, type KeyRing } from "../web/key-ring.ts";
import type { Random } from "../engine/ports/random.ts";

export interface StoredGroupKey {
	readonly key: GroupKey;
	readonly text: string;
}

const GROUP_KEY = "psync-group-key";
const KEY_RING = "psync-group-keys";
const ringSchema = v.pipe(v.string(), v.parseJson(), v.object({ current: keySchema, ...ringRestSchema.entries }));
const ACCESS_CODE = "psync-relay-access-code";

export class SecretStore {
	readonly #secrets: Pick<SecretStorage, "getSecret" | "setSecret">;
	readonly #random: Random;
	/** Of a group that nobody has made yet. */
	#newKey: GroupKey | undefined;

	constructor(secrets: Pick<SecretStorage, "getSecret" | "setSecret">, random: Random) {
		this.#secrets = secrets;
		this.#random = random;
	}

	/** `undefined`: none yet, or something that is no key. */
	get groupKey(): StoredGroupKey | undefined {
		const { current } = this.ring ?? {};
		return current && { key: current, text: formatGroupKey(current) };
	}

	/** The key in use with those before it. Another key is another group, unless it is one of these. */
	get ring(): KeyRing | undefined {
		const parsed = parseGroupKey(this.#secrets.getSecret(GROUP_KEY) ?? "");
		if (!parsed.ok) return undefined;
		const kept = v.safeParse(ringSchema, this.#secrets.getSecret(KEY_RING));
		// Also where the app ended between the two places in which a new key is kept.
		return kept.success && isOfGroup(kept.output, parsed.key) ? kept.output : ringOf(parsed.key);
	}

	/** Throws where it could not be kept. */
	saveRing(ring: KeyRing): void {
		const current = formatGroupKey(ring.current);
		this.#keep(KEY_RING, JSON.stringify({ current, ...ringRest(ring) }));
		this.#keep(GROUP_KEY, current);
	}

	/**
	 * From an engine, which may hand it over late: what this device left meanwhile must not come back. Throws then, and where it could not
	 * be kept.
	 */
	followRing(ring: KeyRing): void {
		const now = this.ring;
		if (now === undefined || !equalBytes(firstKey(now), firstKey(ring)))
			throw new Error("this device is not in that group any more");
		this.saveRing(ring);
	}

	/** A storage that is full may take a secret without a word, and not have it. */
	#keep(id: string, secret: string): void {
		if (this.#secrets.getSecret(id) === secret) return;
		this.#secrets.setSecret(id, secret);
		if (this.#secrets.getSecret(id) !== secret) throw new Error("this device's secret storage keeps nothing new");
	}

	/** A person gave it, perhaps in a link that names the group's first device. With the one in use this device stays what it is in its group, and keeps what it knows. */
	setGroupKey(key: GroupKey, firstDevice?: DeviceId): void {
		const { ring } = this;
		this.saveRing(ring !== undefined && equalBytes(ring.current, key) ? ring : ringOf(key, false, firstDevice));
	}

	/**
	 * The key in use, or the one that a new group will have: the same however often it is asked for, until such a group is made. Whoever
	 * runs a relay may have to be told of it first.
	 */
	get keyToBe(): GroupKey {
		return this.groupKey?.key ?? (this.#newKey ??= newGroupKey(this.#random));
	}

	/** Makes a new group, with a key that nobody has had before. */
	createGroupKey(): void {
		const key = (this.#newKey ??= newGroupKey(this.#random));
		this.saveRing(ringOf(key, true));
		this.#newKey = undefined;
	}

	/** This device is in no group any more. Throws where something of it stays; without the key, which goes first, it is in none all the same. */
	forgetGroup(): void {
		const errors: unknown[] = [];
		for (const id of [GROUP_KEY, KEY_RING, ACCESS_CODE]) {
			try {
				this.#keep(id, "");
			} catch (error) {
				errors.push(error);
			}
		}
		if (errors.length > 0) throw errors[0];
	}

	/** Empty: the relay asks for none. */
	get accessCode(): string {
		return this.#secrets.getSecret(ACCESS_CODE) ?? "";
	}

	set accessCode(code: string) {
		this.#secrets.setSecret(ACCESS_CODE, code.trim().slice(0, ACCESS_CODE_CHARS_MAX));
	}
}
