// Whether a device syncs now, by what its person chose and by the network that it is on.
import { describe, expect, it } from "vitest";
import type { Status } from "../../src/engine/status.ts";
import { Pausing, type Network } from "../../src/obsidian/pausing.ts";

class FakeNetwork extends EventTarget implements Network {
	type = "wifi";

	become(type: string, tells = true): void {
		this.type = type;
		if (tells) this.dispatchEvent(new Event("change"));
	}
}

function bench({ network = new FakeNetwork(), tells = true, wifiOnly = false, paused = false } = {}) {
	const device = { wifiOnly, paused };
	const acts: string[] = [];
	let isEnginePaused = false;
	let hasEngine = true;
	let told = 0;
	const engine = {
		pause: () => {
			acts.push("pause");
			isEnginePaused = true;
		},
		resume: () => {
			acts.push("resume");
			isEnginePaused = false;
		},
		status: () => ({ paused: isEnginePaused }) as Status,
	};
	const pausing = new Pausing({
		...{ device, network: tells ? network : undefined },
		engine: () => (hasEngine ? engine : undefined),
		onChange: () => {
			told++;
		},
	});
	const end = pausing.listen();
	return {
		...{ device, network, pausing, acts, end },
		told: () => told,
		withoutEngine: () => {
			hasEngine = false;
		},
	};
}

describe("Wi-Fi only", () => {
	it("[NW1] pauses on mobile data and goes on by itself on another network", () => {
		const { network, pausing, acts, told } = bench({ wifiOnly: true });
		network.become("cellular");
		expect([pausing.waitsForWifi, pausing.isHeld, acts, told()]).toEqual([true, true, ["pause"], 1]);
		network.become("none");
		expect([pausing.waitsForWifi, acts, told()]).toEqual([false, ["pause", "resume"], 2]);
		network.become("bluetooth");
		network.become("wifi");
		expect(acts).toEqual(["pause", "resume", "pause", "resume"]);
	});

	it.each(["wifi", "ethernet", "none", "other", "unknown", "mixed"])("[NW1] holds nothing back on %s", (type) => {
		const { network, acts } = bench({ wifiOnly: true });
		network.become(type);
		expect(acts).toEqual([]);
	});

	it("[NW1] counts at once when it is chosen, and when it is chosen no more", () => {
		const { network, pausing, acts, device } = bench();
		network.become("cellular");
		expect([pausing.isHeld, acts]).toEqual([false, []]);
		pausing.chooseWifiOnly(true);
		expect([device.wifiOnly, acts]).toEqual([true, ["pause"]]);
		pausing.chooseWifiOnly(false);
		expect([device.wifiOnly, acts]).toEqual([false, ["pause", "resume"]]);
	});

	it("[NW1] is so from the start, and for an engine that is made meanwhile", () => {
		const network = new FakeNetwork();
		network.become("cellular");
		const { pausing, acts, told, withoutEngine } = bench({ network, wifiOnly: true });
		expect([pausing.isHeld, pausing.waitsForWifi, acts]).toEqual([true, true, []]);
		withoutEngine();
		network.become("wifi");
		expect([pausing.isHeld, acts, told()]).toEqual([false, [], 1]);
	});

	it("[NW1] finds out by itself what the web view did not tell while the app was away", () => {
		const { network, pausing, acts } = bench({ wifiOnly: true });
		network.become("cellular", false);
		expect(acts).toEqual([]);
		pausing.look();
		pausing.look();
		expect(acts).toEqual(["pause"]);
	});

	it("[NW1] changes nothing about a pause of a person's own", () => {
		const { network, pausing, acts } = bench({ wifiOnly: true });
		pausing.pause();
		network.become("cellular");
		network.become("wifi");
		expect([pausing.waitsForWifi, pausing.isHeld, acts]).toEqual([false, true, ["pause"]]);
		network.become("cellular");
		pausing.resume();
		expect([pausing.waitsForWifi, acts]).toEqual([true, ["pause"]]);
		network.become("wifi");
		expect(acts).toEqual(["pause", "resume"]);
	});

	it("[NW2] is there only where the kind of network is told", () => {
		const { pausing, acts } = bench({ tells: false, wifiOnly: true });
		pausing.look();
		expect([pausing.tellsNetwork, pausing.waitsForWifi, pausing.isHeld, acts]).toEqual([false, false, false, []]);
		expect(bench().pausing.tellsNetwork).toBe(true);
	});

	it("[NW3] gives way to a person who wants to sync now, until there is another network", () => {
		const { network, pausing, acts } = bench({ wifiOnly: true });
		network.become("cellular");
		pausing.syncNow();
		expect([pausing.waitsForWifi, acts]).toEqual([false, ["pause", "resume"]]);
		network.dispatchEvent(new Event("change"));
		expect(acts).toEqual(["pause", "resume"]);
		network.become("wifi");
		network.become("cellular");
		expect([pausing.waitsForWifi, acts]).toEqual([true, ["pause", "resume", "pause"]]);
	});

	it("[NW3] is not waived by a Sync now on Wi-Fi", () => {
		const { network, pausing, acts } = bench({ wifiOnly: true });
		pausing.syncNow();
		network.become("cellular");
		expect([pausing.waitsForWifi, acts]).toEqual([true, ["pause"]]);
	});

	it("hears nothing more once it has ended", () => {
		const { network, acts, end } = bench({ wifiOnly: true });
		end();
		network.become("cellular");
		expect(acts).toEqual([]);
	});
});
