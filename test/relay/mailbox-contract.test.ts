// The mailbox at a real relay process, on each of its stores, through the client that devices have.
import { join } from "node:path";
import { builtRelay } from "../support/built-relay.ts";
import { newKey } from "../support/relay-clients.ts";
import type { TestKey } from "../support/relay-clients.ts";
import { mailboxDevice } from "../support/relay-mailboxes.ts";
import { writeFile } from "node:fs/promises";
import { ALLOWED_BYTES, OBJECT_BYTES_MAX, mailboxContract } from "../contracts/mailbox.contract.ts";

const program = builtRelay();
const MIB = 1024 * 1024;
let runs = 0;

for (const storage of ["fs", "memory"] as const) {
	mailboxContract(`the relay, ${storage}`, async () => {
		const place = join(program.folder, `run-${++runs}`);
		const limits = `${place}.json`;
		await writeFile(limits, JSON.stringify({ mailboxObjectBytes: OBJECT_BYTES_MAX }));
		const flags = ["--storage", storage, "--quota-mib", String(ALLOWED_BYTES / MIB), "--limits", limits];
		const relay = program.run(["--listen", ":0", "--data", place, ...flags]);
		const url = await relay.listening();
		const groups = new Map<number, TestKey>();
		return {
			device: async (number) => {
				const group = groups.get(number) ?? (await newKey());
				groups.set(number, group);
				return mailboxDevice(url, group);
			},
			dispose: async () => {
				await relay.stop();
			},
		};
	});
}
