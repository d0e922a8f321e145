// Honest devices beside the attacker, whom nothing may disturb, and the attacker's own socket.
import { PEERJS_OPTION_KEY, SIGNALLING_PATH } from "../../../src/wire/relay-api.ts";
import { newDevice, newKey } from "../../support/relay-clients.ts";
import type { Probe, TestKey } from "../../support/relay-clients.ts";
import type { AttackedRelay } from "./attacked-relays.ts";
import { RawSocket } from "./raw-socket.ts";

/** Two honest devices of the attacker's own group, whom nothing may disturb. */
export class Witnesses {
	readonly group: TestKey;
	readonly #alice: Probe;
	readonly #bob: Probe;
	readonly #bobId: string;
	#count = 0;

	private constructor(group: TestKey, alice: Probe, bob: Probe, bobId: string) {
		this.group = group;
		this.#alice = alice;
		this.#bob = bob;
		this.#bobId = bobId;
	}

	static async of(relay: AttackedRelay): Promise<Witnesses> {
		const group = await newKey();
		const [alice, bob] = await Promise.all([newDevice(relay.url, group), newDevice(relay.url, group)]);
		return new Witnesses(group, await alice.connect(), await bob.connect(), bob.pid);
	}

	/** A frame from one to the other still arrives, in the sockets that were open all the time. Resolves to how long it took. */
	async goOn(): Promise<number> {
		const count = ++this.#count;
		const begun = performance.now();
		this.#alice.say({ type: "OFFER", dst: this.#bobId, payload: { count } });
		await this.#bob.next("OFFER", ({ payload }) => payload["count"] === count);
		return performance.now() - begun;
	}

	async leave(): Promise<void> {
		await Promise.all([this.#alice.close(), this.#bob.close()]);
	}
}

/** A member of the group whose every byte is the attacker's. */
export async function rawMember(relay: AttackedRelay, group: TestKey): Promise<RawSocket> {
	const device = await newDevice(relay.url, group);
	const { socketToken } = await device.logIn();
	const query = new URLSearchParams({ key: PEERJS_OPTION_KEY, id: device.pid, token: socketToken }).toString();
	return new RawSocket(relay.url).upgrade(relay.url, `${SIGNALLING_PATH}?${query}`);
}
