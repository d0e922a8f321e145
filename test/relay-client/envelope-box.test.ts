// The envelope box of a device at the relay as it runs in earnest, by the HTTP of the command line.
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { nodeHttp } from "../../daemon/src/node-http.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";
import { newKey } from "../support/relay-clients.ts";
import type { TestKey } from "../support/relay-clients.ts";
import { boxDevice } from "../support/relay-boxes.ts";
import { RelayProgram } from "../support/relay-process.ts";
import { envelopeBoxContract } from "../contracts/envelope-box.contract.ts";

let program: RelayProgram;
let url: RelayUrl;
beforeAll(async () => {
	program = await RelayProgram.build();
	url = await program.run(["--listen", ":0", "--data", join(program.folder, "data")]).listening();
});
afterAll(async () => {
	await program.remove();
});

envelopeBoxContract("relay process", () => {
	const groups = new Map<number, TestKey>();
	return Promise.resolve({
		async device(number) {
			const group = groups.get(number) ?? (await newKey());
			groups.set(number, group);
			return boxDevice(url, group, { http: nodeHttp });
		},
		dispose: () => Promise.resolve(),
	});
});
