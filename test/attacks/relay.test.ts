// The relay as a server on the open internet: each hostile case against real relay processes. The last one looks at what all
// of them left behind.
import { afterAll, beforeAll, describe } from "vitest";
import { beyondCases } from "./relay/beyond.ts";
import { enduranceCases } from "./relay/endurance.ts";
import { frameCases } from "./relay/frames.ts";
import { loginCases } from "./relay/logins.ts";
import { mailboxCases } from "./relay/mailbox.ts";
import { routingCases } from "./relay/routing.ts";
import { tokenCases } from "./relay/tokens.ts";
import { traceCases } from "./relay/traces.ts";
import { AttackedRelays } from "./support/attacked-relays.ts";

let relays: AttackedRelays;
beforeAll(async () => {
	relays = await AttackedRelays.prepare();
});
afterAll(async () => {
	await relays.remove();
});

describe("the relay under attack", () => {
	tokenCases(() => relays);
	loginCases(() => relays);
	routingCases(() => relays);
	frameCases(() => relays);
	enduranceCases(() => relays);
	beyondCases(() => relays);
	mailboxCases(() => relays);
	traceCases(() => relays);
});
