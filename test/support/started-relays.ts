// Relays inside the test's own process, and a folder for their data: for tests of what a relay does, not of its program.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { startRelay } from "../../relay/src/server.ts";
import type { RelayOptions, RunningRelay } from "../../relay/src/server.ts";

export interface StartedRelays {
	/** Anew for each test. */
	readonly folder: string;
	/** Closed after the test. */
	start(options?: Partial<RelayOptions>): Promise<RunningRelay>;
}

export function startedRelays(): StartedRelays {
	const started: RunningRelay[] = [];
	let folder = "";
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), "psync-relay-"));
	});
	afterEach(async () => {
		await Promise.all(started.splice(0).map((relay) => relay.close()));
		await rm(folder, { recursive: true, force: true });
	});
	return {
		get folder() {
			return folder;
		},
		async start(options = {}) {
			const relay = await startRelay({ host: "127.0.0.1", port: 0, ...options });
			started.push(relay);
			return relay;
		},
	};
}
