// Devices of one test: each is closed when the test is over, whatever came of it. A file of its own, as benches use the rest outside of vitest.
import { afterEach } from "vitest";
import type { HostDevice } from "../host/device.ts";

/** What is put in is closed after the test, in that order; the next test begins with none. */
export function closedAfterEach(): Set<HostDevice> {
	const open = new Set<HostDevice>();
	afterEach(async () => {
		for (const device of open) await device.close();
		open.clear();
	});
	return open;
}
