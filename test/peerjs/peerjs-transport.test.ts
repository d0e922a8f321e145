import { startRelay } from "../../relay/src/server.ts";
import { transportContract } from "../contracts/transport.contract.ts";
import { newPeerJsDevice } from "../support/peerjs-group.ts";

let groups = 0;

transportContract("PeerJS over the relay", async () => {
	const relay = await startRelay({ host: "127.0.0.1", port: 0 });
	const group = ++groups;
	return {
		add: () => newPeerJsDevice(relay.url, group),
		close: () => relay.close(),
	};
});
