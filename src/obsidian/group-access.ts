// What an engine has of its group: the secrets of the key in use, this device's account and boxes at the relay, the keys before it, and
// who belongs to the group.
import type { GroupKey } from "../core/group-key.ts";
import type { GroupSecrets } from "../engine/ports/crypto.ts";
import type { GroupKeys } from "../engine/ports/group-keys.ts";
import type { Http } from "../engine/ports/http.ts";
import type { StateStore } from "../engine/ports/state-store.ts";
import { RosterKeeper } from "../engine/roster-keeper.ts";
import { RelayAccount } from "../relay-client/account.ts";
import { envelopeBox } from "../relay-client/envelopes.ts";
import { webGroupKeys } from "../web/group-keys.ts";
import type { KeyRing } from "../web/key-ring.ts";
import { webClock } from "../web/web-clock.ts";
import { deriveGroupSecrets, webVerifier } from "../web/web-crypto.ts";
import { webRandom } from "../web/web-random.ts";
import type { RelayUrl } from "../wire/relay-url.ts";
import type { Identity } from "./identity.ts";

export interface GroupAccessOptions {
	readonly ring: KeyRing;
	readonly saveRing: (ring: KeyRing) => void;
	readonly identity: Identity;
	readonly store: StateStore;
	readonly name: () => string;
	readonly http: Http;
	readonly relayUrl: RelayUrl;
	readonly accessCode: string | undefined;
}

export interface GroupAccess {
	readonly secrets: GroupSecrets;
	readonly account: RelayAccount;
	readonly keys: GroupKeys;
	readonly roster: RosterKeeper;
}

export async function openGroupAccess(options: GroupAccessOptions): Promise<GroupAccess> {
	const { ring, identity, store, name, http, relayUrl, accessCode } = options;
	const { deviceKey, agreementKey } = identity;
	const secrets = await deriveGroupSecrets(ring.current, relayUrl);
	const accountOf = (groupLogin: typeof secrets.login): RelayAccount =>
		new RelayAccount({ http, relayUrl, groupLogin, device: deviceKey, accessCode, clock: webClock, random: webRandom });
	const account = accountOf(secrets.login);
	return {
		secrets,
		account,
		keys: webGroupKeys({
			ring,
			agreement: agreementKey,
			random: webRandom,
			save: (changed) => {
				options.saveRing(changed);
				return Promise.resolve();
			},
			boxOf: async (key: GroupKey) =>
				envelopeBox(key === ring.current ? account : accountOf((await deriveGroupSecrets(key, relayUrl)).login)),
		}),
		roster: await RosterKeeper.open({
			...{ store, deviceKey, name, agreementKey: agreementKey.publicKey, proof: secrets.roster },
			verifier: webVerifier,
			random: webRandom,
			isFirst: ring.isFirst === true,
		}),
	};
}
