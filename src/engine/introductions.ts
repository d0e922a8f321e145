// What two devices tell each other about devices, beside the records: what they remember of their last meeting (so that an older
// or copied state shows), and what they know of third members. Rules S10, S11, T3 of readme/SPEC.md.
import { bytesToHex } from "../core/bytes.ts";
import { compareLinks, type Comparison, type Link } from "../core/links.ts";
import type { ToldMember } from "../core/members.ts";
import type { VersionVector } from "../core/version-vector.ts";
import type { Capability } from "../wire/hello.ts";
import { lengthPrefixed } from "../wire/length-prefix.ts";
import { MEMBERS_PER_MESSAGE_MAX, RECORDS_MESSAGE_BYTES_TARGET } from "../wire/limits.ts";
import type { PeerMessage } from "../wire/messages.ts";
import { vectorBytesMax } from "../wire/record-codec.ts";
import type { ProvenPeer } from "./handshake.ts";
import type { Replica } from "./replica.ts";

export interface IntroductionsOptions {
	readonly peer: ProvenPeer;
	readonly replica: Replica;
	/** Of this device's program that runs now. */
	readonly runNonce: Uint8Array;
	readonly sha256: (bytes: Uint8Array) => Uint8Array;
	readonly say: (message: PeerMessage) => void;
}

/** Of a member around its knowledge: an array, two ids, a number. */
const MEMBER_FIXED_BYTES = 1 + 34 + 14 + 9;

export class Introductions {
	readonly #options: IntroductionsOptions;
	/** As it was said last in this session. */
	#linkSaid: Link | undefined;
	#editionTold: number | undefined;

	constructor(options: IntroductionsOptions) {
		this.#options = options;
	}

	/** Right behind the first hello: before anything that follows is believed. */
	begin(): void {
		const link = this.#durableLink();
		if (link === undefined || !this.#peerCan("link")) return;
		this.#linkSaid = link;
		this.#options.say({ type: "link", link });
	}

	/** What the peer remembers of the last meeting. */
	onLink(link: Link): Comparison {
		const { peer, replica, runNonce, sha256 } = this.#options;
		const kept = replica.membership.linkWith(replica.index.state, peer);
		// This device has no room to remember it: then there is nothing to compare.
		if (kept === undefined || this.#linkSaid === undefined) return "agree";
		const runs = [runNonce, peer.runNonce].map(bytesToHex).sort();
		const token = bytesToHex(sha256(lengthPrefixed("psync/link/1", ...runs)).subarray(0, 16));
		// With this very program they agreed already, be it on another channel: what was on its way since then says nothing.
		const compared = kept.current.token === token ? "agree" : compareLinks(kept, link);
		// A meeting that is not written down yet was not said, and the peer judges by what was: on that both agree as well.
		const isSaid = compared !== "agree" && compareLinks(this.#linkSaid, link) === "agree";
		if (compared !== "agree" && !isSaid) return compared;
		replica.membership.met(replica.index.state, peer, isSaid ? this.#linkSaid : kept, link, token);
		return "agree";
	}

	/** What is durable at the peer. */
	heard(knowledge: VersionVector): void {
		const { peer, replica } = this.#options;
		replica.membership.heard(peer.deviceId, peer.epoch, knowledge);
	}

	onMembers(members: readonly ToldMember[]): void {
		const { replica } = this.#options;
		replica.membership.learn(members, replica.index.state);
	}

	/** What changed since it was told, once it is durable. */
	tellNews(): void {
		const { replica, say } = this.#options;
		if (!replica.isDurable) return;
		const link = this.#durableLink();
		if (this.#linkSaid !== undefined && link !== undefined && link.current !== this.#linkSaid.current) {
			this.#linkSaid = link;
			say({ type: "link", link });
		}
		if (this.#editionTold !== replica.membership.edition && this.#peerCan("members")) this.#tellMembers();
	}

	#tellMembers(): void {
		const { peer, replica, say } = this.#options;
		const { edition, members } = replica.membership.toTell(peer.deviceId);
		this.#editionTold = edition;
		let batch: ToldMember[] = [];
		let bytes = 0;
		for (const member of members) {
			if (batch.length >= MEMBERS_PER_MESSAGE_MAX || bytes >= RECORDS_MESSAGE_BYTES_TARGET) {
				say({ type: "members", members: batch });
				batch = [];
				bytes = 0;
			}
			batch.push(member);
			bytes += MEMBER_FIXED_BYTES + vectorBytesMax(member.knowledge);
		}
		if (batch.length > 0) say({ type: "members", members: batch });
	}

	#durableLink(): Link | undefined {
		const { peer, replica } = this.#options;
		return replica.membership.durableLinkWith(replica.index.state, peer);
	}

	#peerCan(capability: Capability): boolean {
		return this.#options.peer.capabilities.includes(capability);
	}
}
