// A member of a group with a roster that proves itself, takes part in the first talk, and says what it likes after that.
import { expect } from "vitest";
import type { ReplicaEpoch } from "../../src/core/ids.ts";
import type { EntryId, RosterAct } from "../../src/core/roster/entry.ts";
import { admission, type Verdict } from "../../src/engine/admission.ts";
import { handshake } from "../../src/engine/handshake.ts";
import type { Channel } from "../../src/engine/ports/transport.ts";
import { RosterKeeper } from "../../src/engine/roster-keeper.ts";
import { ROSTER } from "../../src/wire/hello.ts";
import {
	encodeEntryBody,
	entryProofMessage,
	entrySignatureMessage,
	type WireEntry,
} from "../../src/wire/roster-codec.ts";
import { fakeDeviceKey, fakeSecrets, fakeVerifier } from "../simulation/fake-crypto.ts";
import { SeededRandom } from "../simulation/seeded-random.ts";
import { MemoryStore } from "./memory-store.ts";
import { epochOf } from "./records.ts";
import { GROUP, type RosterWorld, type WorldDevice } from "./roster-world.ts";
import { ScriptedPeer } from "./scripted-peer.ts";
import { hello } from "./talk.ts";

/** A member like any other, up to its session. */
export interface Rogue {
	readonly key: ReturnType<typeof fakeDeviceKey>;
	readonly keeper: RosterKeeper;
	readonly session: ScriptedPeer;
	/** Signed as it should be, on top of `parents`. */
	entry(act: RosterAct, parents?: readonly EntryId[]): Promise<WireEntry>;
}

export interface RogueOptions {
	readonly capabilities?: readonly string[];
	/** In which it says to count; one of nobody, unless set. */
	readonly epoch?: ReplicaEpoch;
	readonly group?: string;
	/** With what it had heard of the roster when it was here before. */
	readonly store?: MemoryStore;
	readonly expected?: Verdict;
}

/** `expected`: what comes of its first talk about the roster. */
export async function rogueIn(world: RosterWorld, victim: WorldDevice, options: RogueOptions = {}): Promise<Rogue> {
	const { capabilities = [ROSTER], epoch = epochOf("e"), group = GROUP } = options;
	const { store = new MemoryStore(), expected = "admitted" } = options;
	const key = fakeDeviceKey("rogue");
	const secrets = fakeSecrets(group);
	const keeper = await RosterKeeper.open({
		...{ store, deviceKey: key, verifier: fakeVerifier, random: new SeededRandom(5) },
		...{ isFirst: false, name: () => "rogue", proof: secrets.roster },
		agreementKey: fakeDeviceKey("rogue, agreeing").publicKey,
	});
	const transport = world.network.transport(key.deviceId);
	transport.start({ onSignalling: () => undefined, onPresence: () => undefined, onChannel: refuse });
	const dial = async (): Promise<ScriptedPeer> => {
		const own = { deviceKey: key, secrets, verifier: fakeVerifier, random: new SeededRandom(6), clock: world.clock };
		const signal = new AbortController().signal;
		const said = { epoch, runNonce: new Uint8Array(16).fill(9), name: "rogue", capabilities };
		const { channel } = await handshake(await transport.dial(victim.id, signal), { ...own, hello: said }, signal);
		const talk = { channel, keeper, own: key.deviceId, peer: victim.id, ageMs: 0 };
		if (capabilities.includes(ROSTER)) expect(await admission(talk)).toBe(expected);
		return new ScriptedPeer(channel, { isAlive: true });
	};
	const session = await world.during(dial());
	session.say(hello(new Map()));
	await world.settle(100);
	return {
		...{ key, keeper, session },
		entry: async (act, parents = keeper.roster?.heads ?? []) => {
			const body = encodeEntryBody(key.deviceId, parents, act);
			const proves = act.op === "found" || act.op === "join";
			const proof = proves ? await secrets.roster.sign(entryProofMessage(body)) : null;
			return [body, await key.sign(entrySignatureMessage(body)), proof];
		},
	};
}

function refuse(channel: Channel): void {
	channel.close();
}
