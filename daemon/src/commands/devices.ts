// `psync devices`, `psync approve` and `psync revoke`: who belongs to the group, letting in a device that waits, taking one out.
import * as v from "valibot";
import { oneFolder, parseCommandLine } from "../arguments.ts";
import {
	membersReportSchema,
	revokedReportSchema,
	type MembersReport,
	type RevokedReport,
} from "../control-protocol.ts";
import { CommandError, EXIT, usageError } from "../exit.ts";
import type { ExitCode } from "../exit.ts";
import type { CommandIo } from "../io.ts";
import { isYes } from "../offer-folder.ts";
import { askRunning, knownFolder } from "./known-folder.ts";

export async function devices(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	const { values, positionals } = parseCommandLine(argv, { state: { type: "string" }, json: { type: "boolean" } });
	const folder = oneFolder(positionals, "psync devices FOLDER [--json] [--state DIR]");
	const known = await knownFolder(folder, values.state, io);
	const members = v.parse(membersReportSchema, await askRunning(known, { command: "devices" }));
	if (values.json === true) for (const each of members) io.stdout(`${JSON.stringify(each)}\n`);
	else if (members.length === 0) io.stdout("this device has not met the group's other devices yet\n");
	else io.stdout(`${table(members, folder)}\n`);
	return EXIT.done;
}

export async function approve(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	const { known, device } = await folderAndDevice("approve", argv, io);
	const { name } = v.parse(v.object({ name: v.string() }), await askRunning(known, { command: "approve", device }));
	io.stdout(`${name} is let in\n`);
	return EXIT.done;
}

const KEEPS = "What it has already it keeps: that cannot be taken back.";

export async function revoke(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	const { known, device, folder, isJson } = await folderAndDevice("revoke", argv, io);
	const question = `${device} gets nothing new any more, and cannot come back by itself. ${KEEPS}\nTake it out of the group? [y/N] `;
	if (io.isTyped && !isYes(await io.question(question))) throw new CommandError(EXIT.failed, "nothing was changed");
	const report = v.parse(revokedReportSchema, await askRunning(known, { command: "revoke", device }));
	io.stdout(isJson ? `${JSON.stringify(report)}\n` : `${revokedText(report, folder)}\n`);
	return EXIT.done;
}

async function folderAndDevice(command: "approve" | "revoke", argv: readonly string[], io: CommandIo) {
	const { values, positionals } = parseCommandLine(argv, { state: { type: "string" }, json: { type: "boolean" } });
	const [folder, device, ...more] = positionals;
	if (folder === undefined || device === undefined || device.trim() === "" || device.length > 200 || more.length > 0)
		throw usageError(`takes a folder and a device's name or id: psync ${command} FOLDER DEVICE [--state DIR]`);
	const known = await knownFolder(folder, values.state, io);
	return { known, device, folder, isJson: values.json === true };
}

function table(members: MembersReport, folder: string): string {
	const titles = members.map((member) => titleOf(member, members));
	const width = Math.max(...titles.map((title) => title.length));
	return members
		.map((member, index) => `${(titles[index] ?? "").padEnd(width)}  ${describe(member, folder)}`)
		.join("\n");
}

/** Its name; where another has the same, with as much of the id as `approve` and `revoke` need. */
function titleOf({ device, name }: MembersReport[number], members: MembersReport): string {
	const isShared = members.some((other) => other.name === name && other.device !== device);
	return isShared ? `${name} (${device.slice(0, 12)})` : name;
}

function describe(
	{ role, standing, isThis, isOnline, fourWords, name }: MembersReport[number],
	folder: string,
): string {
	const words = fourWords === undefined ? "" : `  ${fourWords.join(" ")}`;
	if (standing === "gone") return "was taken out of the group; its files stay";
	if (standing === "waiting" && isThis) return "waits until another device lets it in";
	if (standing === "waiting") return `waits: psync approve ${folder} ${name}${words}`;
	const where = isThis ? "this device" : isOnline ? "connected" : "away";
	return `${role.padEnd(6)}  ${where.padEnd(11)}${words}`.trimEnd();
}

function revokedText({ name, handedOut, unreached }: RevokedReport, folder: string): string {
	const key =
		handedOut === "later"
			? "The other devices get a new group key as soon as the relay can be reached."
			: "The other devices have a new group key; those that are away find it when they come back.";
	return [
		`${name} is out of the group and gets nothing new any more. ${KEEPS}`,
		key,
		...(unreached.length === 0
			? []
			: [
					`Not reached, and the relay keeps nothing for them: ${unreached.join(", ")}. Bring them in again: psync pair ${folder}`,
				]),
		`Links, codes and recovery sheets from before lead nowhere now; psync pair ${folder} shows the new ones.`,
	].join("\n");
}
