import { describe, expect, it } from "vitest";
import { TransferProgress } from "../../src/engine/progress.ts";
import { ManualClock } from "../support/manual-clock.ts";

describe("[E4] the progress of a transfer", () => {
	it("says done, total, speed and time left, at most four times a second", async () => {
		const clock = new ManualClock();
		const transfer = new TransferProgress(clock);
		expect(transfer.news(500, 1_000)).toEqual({ bytesDone: 0, bytesTotal: 1_000, bytesPerSecond: 0, etaMs: 0 });
		await clock.advance(249);
		expect(transfer.news(600, 900)).toBeUndefined();
		await clock.advance(751);
		expect(transfer.news(700, 800)).toEqual({ bytesDone: 200, bytesTotal: 1_000, bytesPerSecond: 200, etaMs: 4_000 });
	});

	it("is over when nothing is to come, and begins anew with the next", async () => {
		const clock = new ManualClock();
		const transfer = new TransferProgress(clock);
		transfer.news(0, 100);
		await clock.advance(1_000);
		expect(transfer.news(100, 0)).toBeUndefined();
		await clock.advance(1_000);
		expect(transfer.news(100, 50)).toMatchObject({ bytesDone: 0, bytesTotal: 50 });
	});
});
