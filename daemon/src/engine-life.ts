// One life of the engine on a folder: everything that hangs on the group's key. With another key another life begins, on the same
// folder and the same state.
import { Engine, type EngineSettings } from "../../src/engine/engine.ts";
import type { AgreementKey, DeviceKey } from "../../src/engine/ports/crypto.ts";
import type { GroupKeys } from "../../src/engine/ports/group-keys.ts";
import type { Log } from "../../src/engine/ports/log.ts";
import type { ScopeSource } from "../../src/engine/ports/scope-source.ts";
import type { StateStore } from "../../src/engine/ports/state-store.ts";
import type { Vault } from "../../src/engine/ports/vault.ts";
import { RosterKeeper } from "../../src/engine/roster-keeper.ts";
import type { GroupKey } from "../../src/core/group-key.ts";
import { PeerJsTransport } from "../../src/peerjs/peerjs-transport.ts";
import { RelayAccount } from "../../src/relay-client/account.ts";
import { envelopeBox } from "../../src/relay-client/envelopes.ts";
import { webGroupKeys } from "../../src/web/group-keys.ts";
import type { KeyRing } from "../../src/web/key-ring.ts";
import { deriveGroupSecrets, webVerifier } from "../../src/web/web-crypto.ts";
import { webRandom } from "../../src/web/web-random.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";
import { nodeClock } from "./node-clock.ts";
import { nodeDigest } from "./node-digest.ts";
import { nodeHttp } from "./node-http.ts";
import { loadPeerJsInNode } from "./node-webrtc.ts";

/** What is the same in every life. */
export interface EngineGround {
	readonly vault: Vault;
	readonly store: StateStore;
	readonly scope: ScopeSource;
	readonly deviceKey: DeviceKey;
	readonly agreement: AgreementKey;
	readonly relayUrl: RelayUrl;
	readonly accessCode: string | undefined;
	readonly settings: EngineSettings;
	readonly log: Log;
	/** Durable when it resolves. */
	readonly saveRing: (ring: KeyRing) => Promise<void>;
}

/** Not started. */
export async function newEngine(ground: EngineGround, ring: KeyRing): Promise<Engine> {
	const { deviceKey, relayUrl, log } = ground;
	const secrets = await deriveGroupSecrets(ring.current, relayUrl);
	const account = accountOf(ground, secrets.login);
	const transport = new PeerJsTransport({
		relayUrl,
		logIn: (peerId) => account.logIn(peerId),
		secrets,
		deviceKey,
		clock: nodeClock,
		random: webRandom,
		log,
		loadPeerJs: loadPeerJsInNode,
		rtc: { runtime: "node" },
	});
	const keys: GroupKeys = webGroupKeys({
		...{ ring, random: webRandom, agreement: ground.agreement, save: ground.saveRing },
		boxOf: async (key: GroupKey) =>
			envelopeBox(key === ring.current ? account : accountOf(ground, (await deriveGroupSecrets(key, relayUrl)).login)),
	});
	const roster = await RosterKeeper.open({
		...{ store: ground.store, deviceKey, verifier: webVerifier, random: webRandom, isFirst: ring.isFirst === true },
		agreementKey: ground.agreement.publicKey,
		proof: secrets.roster,
		name: () => ground.settings.name,
	});
	return new Engine(
		{
			...{ vault: ground.vault, store: ground.store, scope: ground.scope },
			...{ transport, deviceKey, secrets, roster, keys, log },
			clock: nodeClock,
			random: webRandom,
			digest: nodeDigest,
			verifier: webVerifier,
		},
		ground.settings,
	);
}

type Login = Awaited<ReturnType<typeof deriveGroupSecrets>>["login"];

function accountOf({ relayUrl, deviceKey, accessCode }: EngineGround, groupLogin: Login): RelayAccount {
	return new RelayAccount({
		...{ http: nodeHttp, relayUrl, groupLogin, device: deviceKey, accessCode },
		clock: nodeClock,
		random: webRandom,
	});
}
