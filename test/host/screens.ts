// How tests put a made-up group on the screens of a device (fixtures/device-screens.ts).
import type { DeviceId } from "../../src/core/ids.ts";
import type { ShownMember } from "../../src/engine/group.ts";
import type { PeerStatus } from "../../src/engine/status.ts";
import type { HostDevice } from "./device.ts";
import type { Scene, Stage } from "./fixtures/device-screens.ts";

/** What every clock of a made-up group shows. */
export const NOW_MS = 1_732_464_000_000;
export const HOUR_MS = 60 * 60_000;
/** Of no group. */
export const KEY = "psync1q4f7xjpkz2qgkmpfd5vxyv9uklj5k894g9w326n8kgwt8k50x76qq65vf0q";

export const id = (digit: string): DeviceId => digit.repeat(64) as DeviceId;

export function member(name: string, digit: string, more: Partial<ShownMember>): ShownMember {
	const basis = {
		deviceId: id(digit),
		name,
		role: "writer",
		standing: "member",
		isThis: false,
		isOnline: false,
	} as const;
	return { ...basis, ...more };
}

/** As the status has it: connected and in sync, but for `more`. */
export function peerOf({ deviceId, name }: ShownMember, more: Partial<PeerStatus> = {}): PeerStatus {
	return {
		...{ deviceId, name, mode: "send-receive", state: "connected", path: "direct", inSync: true },
		...{ unreceived: 0, unapplied: 0, lastSeen: NOW_MS, ...more },
	};
}

export async function show(device: HostDevice, scene: Scene, { opens = true } = {}): Promise<void> {
	await onStage(
		device,
		(stage, next) => {
			stage.show(next);
		},
		scene,
	);
	if (opens && (await device.frame().locator(".mod-settings").count()) === 0) await device.openSettings();
}

/** In the page: `run` must not use anything but its arguments. */
export function onStage<T, A = undefined>(
	device: HostDevice,
	run: (stage: Stage, argument: A) => T,
	argument?: A,
): Promise<T> {
	const given = (JSON.stringify(argument) as string | undefined) ?? "undefined";
	return device.frame().evaluate(`(${run.toString()})(window.stage, ${given})`);
}
