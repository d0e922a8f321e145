// What a running device answers to those who ask who belongs to the group, let somebody in, or take somebody out.
import type { DeviceId } from "../../src/core/ids.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { ShownMember } from "../../src/engine/group.ts";
import type { Removal } from "../../src/engine/rotation.ts";
import type { ControlAnswer, ControlRequest, MembersReport, RevokedReport } from "./control-protocol.ts";

type MembersRequest = Extract<ControlRequest, { command: "devices" | "approve" | "revoke" }>;

const ID_CHARACTERS_MIN = 6;
const NOT_READY = "this device has not met the group's other devices yet; psync devices lists who belongs to it";
const BEGUN =
	"this group had no list of its devices yet; it begins now, with this device as its admin. Try again when psync devices shows the device that is meant";
const NOT_ADMIN = "only an admin of the group can do that; psync devices shows which device is one";

export async function answerAboutMembers(request: MembersRequest, engine: Engine): Promise<ControlAnswer> {
	const members = engine.members();
	if (request.command === "devices") return { ok: true, result: reportOf(members) };
	if (members.length === 0 && request.command === "revoke") {
		// Of nobody: this begins the list.
		const removal = await engine.remove(engine.status().deviceId);
		return refusal(removal === "no-roster" ? BEGUN : NOT_READY);
	}
	const meant = membersNamed(members, request.device);
	const [member, ...more] = meant;
	if (member === undefined) {
		if (members.length === 0) return refusal(NOT_READY);
		return refusal(`no device of the group is called ${request.device}; psync devices lists them`);
	}
	if (more.length > 0) {
		const ids = meant.map(({ deviceId }) => deviceId.slice(0, 12)).join(", ");
		return refusal(
			`several devices are called ${request.device}; psync devices tells them apart. Name one by its id: ${ids}`,
		);
	}
	if (request.command === "approve") return approve(engine, member);
	return revoke(engine, member, members);
}

async function approve(engine: Engine, { deviceId, name }: ShownMember): Promise<ControlAnswer> {
	const decided = await engine.approve(deviceId);
	if (decided === "done") return { ok: true, result: { name } };
	return refusal(decided === "not-admin" ? NOT_ADMIN : NOT_READY);
}

async function revoke(
	engine: Engine,
	{ deviceId, name, standing }: ShownMember,
	members: readonly ShownMember[],
): Promise<ControlAnswer> {
	if (standing === "gone") return refusal("this device was taken out of the group already");
	const removal = await engine.remove(deviceId);
	if (typeof removal === "string") return refusal(WHY_NOT[removal]);
	const shown = [...members, ...engine.status().peers];
	const named = (id: DeviceId): string => shown.find((each) => each.deviceId === id)?.name ?? id.slice(0, 12);
	const { handedOut, unreached } = removal;
	const report: RevokedReport = { device: deviceId, name, handedOut, unreached: unreached.map(named) };
	return { ok: true, result: report };
}

const WHY_NOT: Readonly<Record<Extract<Removal, string>, string>> = {
	"no-roster": NOT_READY,
	"not-admin": NOT_ADMIN,
	"unknown-device": "that device does not belong to the group any more",
	"this-device":
		"a device cannot take itself out. Do it on another admin, or let this one forget the group: psync leave",
	postponed:
		"there is no room on this device's disk to write that down. Make some: the removal follows by itself, and until then that device stays in the group and gets what is new",
	busy: "another new group key is on its way to the devices; try again when that is done",
};

function reportOf(members: readonly ShownMember[]): MembersReport {
	return members.map(({ deviceId, name, role, standing, isThis, isOnline, fourWords }) => ({
		device: deviceId,
		...{ name, role, standing, isThis, isOnline },
		...(fourWords === undefined ? {} : { fourWords: [...fourWords] }),
	}));
}

function membersNamed(members: readonly ShownMember[], device: string): readonly ShownMember[] {
	const byName = members.filter(({ name }) => name === device);
	if (byName.length > 0 || device.length < ID_CHARACTERS_MIN) return byName;
	return members.filter(({ deviceId }) => deviceId.startsWith(device.toLowerCase()));
}

function refusal(message: string): ControlAnswer {
	return { ok: false, message };
}
