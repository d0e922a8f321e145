// The group key and the relay's access code in Obsidian's secret storage: on this device only, never in the vault and never
// in data.json.
import type { SecretStorage } from "obsidian";
import { formatGroupKey, newGroupKey, parseGroupKey } from "../core/group-key.ts";
import type { GroupKey } from "../core/group-key.ts";
import { ACCESS_CODE_CHARS_MAX } from "../wire/relay-api.ts";
import type { Random } from "../engine/ports/random.ts";

export interface StoredGroupKey {
	readonly key: GroupKey;
	readonly text: string;
}

const GROUP_KEY = "psync-group-key";
const ACCESS_CODE = "psync-relay-access-code";

export class SecretStore {
	readonly #secrets: Pick<SecretStorage, "getSecret" | "setSecret">;
	readonly #random: Random;

	constructor(secrets: Pick<SecretStorage, "getSecret" | "setSecret">, random: Random) {
		this.#secrets = secrets;
		this.#random = random;
	}

	/** `undefined`: none yet, or something that is no key. */
	get groupKey(): StoredGroupKey | undefined {
		const parsed = parseGroupKey(this.#secrets.getSecret(GROUP_KEY) ?? "");
		return parsed.ok ? { key: parsed.key, text: formatGroupKey(parsed.key) } : undefined;
	}

	setGroupKey(key: GroupKey): void {
		this.#secrets.setSecret(GROUP_KEY, formatGroupKey(key));
	}

	/** Makes a new group. */
	createGroupKey(): void {
		this.setGroupKey(newGroupKey(this.#random));
	}

	/** Empty: the relay asks for none. */
	get accessCode(): string {
		return this.#secrets.getSecret(ACCESS_CODE) ?? "";
	}

	set accessCode(code: string) {
		this.#secrets.setSecret(ACCESS_CODE, code.trim().slice(0, ACCESS_CODE_CHARS_MAX));
	}
}
