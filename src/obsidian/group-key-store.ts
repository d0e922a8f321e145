// The group key in Obsidian's secret storage: on this device only, never in the vault and never in data.json.
import type { SecretStorage } from "obsidian";
import { formatGroupKey, newGroupKey, parseGroupKey } from "../core/group-key.ts";
import type { GroupKey } from "../core/group-key.ts";
import type { Random } from "../engine/ports/random.ts";

export interface StoredGroupKey {
	readonly key: GroupKey;
	readonly text: string;
}

const SECRET = "psync-group-key";

export class GroupKeyStore {
	readonly #secrets: Pick<SecretStorage, "getSecret" | "setSecret">;
	readonly #random: Random;

	constructor(secrets: Pick<SecretStorage, "getSecret" | "setSecret">, random: Random) {
		this.#secrets = secrets;
		this.#random = random;
	}

	/** `undefined`: none yet, or something that is no key. */
	get current(): StoredGroupKey | undefined {
		const parsed = parseGroupKey(this.#secrets.getSecret(SECRET) ?? "");
		return parsed.ok ? { key: parsed.key, text: formatGroupKey(parsed.key) } : undefined;
	}

	set(key: GroupKey): void {
		this.#secrets.setSecret(SECRET, formatGroupKey(key));
	}

	/** Makes a new group. */
	create(): void {
		this.set(newGroupKey(this.#random));
	}
}
