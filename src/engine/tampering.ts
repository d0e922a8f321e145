// Whether it shows that somebody stands between this device and the others: it names other certificates than those in use, answers in
// the place of a device, or makes up what only a member can seal. What was tried has failed by then; a person can choose another relay.
import type { Peer } from "./peers.ts";
import type { SignallingState } from "./ports/transport.ts";
import type { Problem } from "./status.ts";

export const TAMPERING: Problem = {
	code: "tampering",
	message:
		"Somebody between your devices, perhaps the relay, forges what they say to each other. The devices noticed, and no note was sent that way. If it goes on, use another relay.",
};

export function isTamperedWith(signalling: SignallingState, peers: Iterable<Pick<Peer, "refused">>): boolean {
	if (signalling.kind === "online" && signalling.forged === true) return true;
	return [...peers].some(({ refused }) => refused === "proof" || refused === "identity");
}
