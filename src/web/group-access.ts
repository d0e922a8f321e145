// What an engine has of its group, from the ring of keys that its host keeps: the secrets of the key in use, this device's account and
// boxes at the relay, the keys before it, and who belongs to the group.
import type { AgreementKey, DeviceKey, GroupLogin, GroupSecrets } from "../engine/ports/crypto.ts";
import type { EnvelopeBox } from "../engine/ports/envelope-box.ts";
import type { GroupKeys } from "../engine/ports/group-keys.ts";
import type { StateStore } from "../engine/ports/state-store.ts";
import { RosterKeeper } from "../engine/roster-keeper.ts";
import type { RelayUrl } from "../wire/relay-url.ts";
import { webGroupKeys } from "./group-keys.ts";
import type { KeyRing } from "./key-ring.ts";
import { deriveGroupSecrets, webVerifier } from "./web-crypto.ts";
import { webRandom } from "./web-random.ts";

export interface GroupAccessOptions<Account> {
	readonly ring: KeyRing;
	/** Durable when it resolves. */
	readonly saveRing: (ring: KeyRing) => Promise<void>;
	readonly deviceKey: DeviceKey;
	readonly agreementKey: AgreementKey;
	readonly store: StateStore;
	/** As this device is called now. */
	readonly name: () => string;
	readonly relayUrl: RelayUrl;
	/** At this relay, with one of the group's keys. */
	readonly accountOf: (login: GroupLogin) => Account;
	readonly boxOf: (account: Account) => EnvelopeBox;
}

export interface GroupAccess<Account> {
	readonly secrets: GroupSecrets;
	readonly account: Account;
	readonly keys: GroupKeys;
	readonly roster: RosterKeeper;
}

export async function openGroupAccess<Account>(options: GroupAccessOptions<Account>): Promise<GroupAccess<Account>> {
	const { ring, deviceKey, agreementKey, store, name, relayUrl, accountOf, boxOf } = options;
	const secrets = await deriveGroupSecrets(ring.current, relayUrl);
	const account = accountOf(secrets.login);
	return {
		secrets,
		account,
		keys: webGroupKeys({
			...{ ring, agreement: agreementKey, random: webRandom, save: options.saveRing },
			boxOf: async (key) =>
				boxOf(key === ring.current ? account : accountOf((await deriveGroupSecrets(key, relayUrl)).login)),
		}),
		roster: await RosterKeeper.open({
			...{ store, deviceKey, name, agreementKey: agreementKey.publicKey, proof: secrets.roster },
			verifier: webVerifier,
			random: webRandom,
			isFirst: ring.isFirst === true,
			firstDevice: ring.firstDevice,
		}),
	};
}
