// What comes in between while files are on their way to or from a device: the app is frozen, killed, cut from its network, or the plugin
// is switched off. It happens at one instruction in the middle of the transfer, however fast that is: the app runs into a `debugger`
// there, and what is done to it is done before it goes on.
import type { HostDevice } from "../host/device.ts";
import type { DeviceWindow } from "../host/page/device-page.ts";

export type Files = Readonly<Record<string, string | Buffer>>;
export type Direction = "receiving" | "sending";

export interface Interruption {
	readonly name: string;
	/** Where it happens to people. */
	readonly platform: "linux" | "android";
	/** Before anything is on its way. */
	before?(device: HostDevice): Promise<void>;
	/** From the frozen app to what it is for a while. A frozen app answers nothing: what is asked of it is heard once it goes on. */
	begin(device: HostDevice): Promise<void>;
	/** Who can write on the device while it lasts. */
	readonly writes: "nobody" | "person" | "other program";
	end(device: HostDevice): Promise<void>;
}

const toBackground = (device: HostDevice): Promise<void> => device.becomeVisible(false);

export const interruptions: readonly Interruption[] = [
	{
		name: "a laptop that is put to sleep and wakes",
		platform: "linux",
		begin: () => Promise.resolve(),
		writes: "nobody",
		end: (device) => device.resume({ sockets: "dead" }),
	},
	{
		name: "a phone's app that is put away, frozen, and brought back to the front",
		platform: "android",
		before: toBackground,
		begin: () => Promise.resolve(),
		writes: "nobody",
		end: async (device) => {
			await device.resume({ sockets: "dead" });
			await device.becomeVisible(true);
		},
	},
	{
		name: "a phone's app that the system ends in the background",
		platform: "android",
		before: toBackground,
		begin: async (device) => {
			const killed = device.kill();
			await device.resume();
			await killed;
		},
		writes: "other program",
		end: (device) => device.start(),
	},
	{
		name: "a network that goes away and comes back",
		platform: "android",
		begin: async (device) => {
			const away = device.becomeOnline(false);
			await device.resume({ sockets: "dead" });
			await away;
		},
		writes: "person",
		end: (device) => device.becomeOnline(true),
	},
	{
		name: "a plugin that is switched off and on",
		platform: "linux",
		begin: async (device) => {
			// Nobody can do that between two instructions, as the system can end an app.
			await device.resume();
			await device.unload();
		},
		writes: "person",
		end: (device) => device.enable("psync"),
	},
];

const NOTES = Array.from({ length: 12 }, (_, n) => String(n));
const PICTURE_BYTES = 600_000;

/** Twelve notes, and a picture that takes longer than they do; of each folder another one. */
export function filesOf(folder: string): Files {
	const notes = NOTES.map((n) => [`${folder}/note ${n}.md`, `Note ${n} of ${folder}.\n${"Words. ".repeat(300)}`]);
	return { ...(Object.fromEntries(notes) as Files), [`${folder}/picture.jpg`]: picture(folder) };
}

/** Bytes that cannot be made smaller: a linear congruential generator. */
function picture(name: string): Buffer {
	let state = [...name].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), 7);
	const next = (): number => (state = Math.imul(state, 1_664_525) + 1_013_904_223) >>> 24;
	return Buffer.from(Uint8Array.from({ length: PICTURE_BYTES }, next));
}

export async function writeAll(device: HostDevice, files: Files): Promise<void> {
	for (const [path, content] of Object.entries(files)) await device.writeFile(path, content);
}

/** Has it happen to the device while it receives the files from the other one, or sends them there; `interruption.end` ends it. */
export async function interrupt(
	interruption: Interruption,
	direction: Direction,
	{ device, other, files }: { readonly device: HostDevice; readonly other: HostDevice; readonly files: Files },
): Promise<void> {
	await interruption.before?.(device);
	const { suspended } = await device.suspendsItself();
	// Small files come first: the picture is on its way then.
	if (direction === "receiving") await freezeAtFile(device, 4);
	else await freezeAtBytesSent(device, PICTURE_BYTES / 2);
	await writeAll(direction === "receiving" ? other : device, files);
	await suspended;
	await interruption.begin(device);
}

/** When the n-th file is on its disk. */
async function freezeAtFile(device: HostDevice, nth: number): Promise<void> {
	await device.page.evaluate(
		([vault, count]) => {
			const { device: host } = window as unknown as DeviceWindow;
			const disk = host.disk(vault);
			const write = disk.write.bind(disk);
			let left = count;
			disk.write = (path, bytes, mtime) => {
				write(path, bytes, mtime);
				if (path.startsWith(".obsidian/") || --left !== 0) return;
				disk.write = write;
				debugger;
			};
		},
		[device.name, nth] as const,
	);
}

/** When it has sent so many bytes to another device. */
async function freezeAtBytesSent(device: HostDevice, bytes: number): Promise<void> {
	await device.frame().evaluate((count) => {
		const { prototype } = RTCDataChannel;
		const send = prototype.send as (data: unknown) => void;
		let left = count;
		prototype.send = function (this: RTCDataChannel, data: unknown): void {
			send.call(this, data);
			left -= data instanceof ArrayBuffer || ArrayBuffer.isView(data) ? data.byteLength : 0;
			if (left > 0) return;
			prototype.send = send;
			debugger;
		};
	}, bytes);
}

/** What the app shows, by path. */
export async function contentsOf(device: HostDevice): Promise<Readonly<Record<string, Buffer | undefined>>> {
	const files = await device.list();
	const read = await Promise.all(files.map(async ({ path }) => [path, await device.readBytes(path)] as const));
	return Object.fromEntries(read);
}
