// One life of the engine on a folder: everything that hangs on the group's key. With another key another life begins, on the same
// folder and the same state.
import { Engine } from "../../src/engine/engine.ts";
import type { EngineSettings } from "../../src/engine/engine-settings.ts";
import type { AgreementKey, DeviceKey, GroupLogin } from "../../src/engine/ports/crypto.ts";
import type { Log } from "../../src/engine/ports/log.ts";
import type { Mailbox } from "../../src/engine/ports/mailbox.ts";
import type { ScopeSource } from "../../src/engine/ports/scope-source.ts";
import type { StateStore } from "../../src/engine/ports/state-store.ts";
import type { Vault } from "../../src/engine/ports/vault.ts";
import { PeerJsTransport } from "../../src/peerjs/peerjs-transport.ts";
import { RelayAccount } from "../../src/relay-client/account.ts";
import { envelopeBox } from "../../src/relay-client/envelopes.ts";
import { relayMailbox } from "../../src/relay-client/mailbox.ts";
import { openGroupAccess } from "../../src/web/group-access.ts";
import type { KeyRing } from "../../src/web/key-ring.ts";
import { webVerifier } from "../../src/web/web-crypto.ts";
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
	/** With `mailbox`, the relay's is used, where it has one. */
	readonly settings: EngineSettings;
	readonly log: Log;
	/** Durable when it resolves. */
	readonly saveRing: (ring: KeyRing) => Promise<void>;
}

/** Not started. */
export async function newEngine(ground: EngineGround, ring: KeyRing): Promise<Engine> {
	const { deviceKey, relayUrl, log } = ground;
	const { secrets, account, keys, roster } = await openGroupAccess({
		...{ ring, deviceKey, relayUrl, store: ground.store, agreementKey: ground.agreement, saveRing: ground.saveRing },
		name: () => ground.settings.name,
		accountOf: (groupLogin) => accountAt(ground, groupLogin),
		boxOf: envelopeBox,
	});
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
	return new Engine(
		{
			...{ vault: ground.vault, store: ground.store, scope: ground.scope },
			...{ transport, deviceKey, secrets, roster, keys, log },
			clock: nodeClock,
			random: webRandom,
			digest: nodeDigest,
			verifier: webVerifier,
			...(ground.settings.mailbox === undefined ? {} : { mailbox: relayMailbox(account) }),
		},
		ground.settings,
	);
}

type AccountGround = Pick<EngineGround, "relayUrl" | "deviceKey" | "accessCode">;

function accountAt({ relayUrl, deviceKey, accessCode }: AccountGround, groupLogin: GroupLogin): RelayAccount {
	return new RelayAccount({
		...{ http: nodeHttp, relayUrl, groupLogin, device: deviceKey, accessCode },
		clock: nodeClock,
		random: webRandom,
	});
}

/** The relay's mailbox, for who runs no engine that uses it. */
export function mailboxAt(ground: AccountGround, groupLogin: GroupLogin): Mailbox {
	return relayMailbox(accountAt(ground, groupLogin));
}
