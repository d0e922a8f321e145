// The panel in the sidebar, in Chinese.
import { BEHIND_MAX } from "../../../engine/mailbox/behind.ts";
import type { Words } from "../catalog.ts";
import { number, size } from "../counting.ts";
import { files } from "./common.ts";

export const panelText = {
	showMore: (count) => `再显示 ${number(count)} 项`,
	andMore: (count) => `还有 ${number(count)} 项`,
	inFolder: (folder) => `位于 ${folder}`,
} as const satisfies Words["panelText"];

export const activityWords = {
	title: "活动",
	filter: "按文件或设备筛选",
	none: "还没有内容。你的文件在此设备和其他设备上发生的事会列在这里。",
	noMatch: "此列表中没有名称包含它的项目。",
	here: "在此设备上",
	on: (device) => `在 ${device} 上`,
	elsewhere: "在另一台设备上",
	create: (where) => `${where}创建`,
	modify: (where) => `${where}更改`,
	delete: (where) => `${where}删除`,
	rename: (where) => `${where}重命名`,
	before: (name) => `原名“${name}”`,
	merge: "同时在两台设备上被编辑，两边的编辑都在其中",
	conflict: (copy) => `同时在两台设备上被编辑；另一份内容在“${copy}”中`,
	held: (reason) => `等待：${reason}`,
	stored: (count) => `已为关机的设备在中继服务器留下 ${number(count)} 处更改`,
	via: { direct: "直接传来", turn: "经 TURN 服务器传来", relay: "从中继服务器传来" },
	save: "保存为文件",
	fileName: (date) => `PSync 活动 ${date}`,
	fileText:
		"发生过的事，最新的在前，时间为协调世界时。每个文件和每台设备都以代号表示；同一代号在各处含义相同，且不会透露名称。",
	saved: (path) => `已保存为“${path}”。所有名称都换成了代号，因此可以给别人看。`,
	notSaved: (message) => `无法保存（${message}）。请腾出一些空间后再试一次。`,
} as const satisfies Words["activityWords"];

export const devicesWords = {
	title: "设备",
	notRunning: "同步开始运行后会列出你的设备。",
	alone: "还没有其他设备。要添加设备，请打开设置，选择“配对另一台设备”。",
	thisDevice: "此设备",
	platforms: { posix: "Linux", windows: "Windows", mac: "Mac", android: "Android", ios: "iPhone 或 iPad" },
	behind: (count) => (count >= BEHIND_MAX ? `落后超过 ${files(BEHIND_MAX)}` : `落后 ${files(count)}`),
	left: "已为它存放在中继服务器上",
	hasAll: "已全部收到",
	toCome: (count) => `还有 ${files(count)}要接收`,
	path: { direct: "直接连接", turn: "经 TURN 服务器连接" },
	actions: (name) => `对 ${name} 的操作`,
	rename: "重命名此设备",
	pause: (name) => `暂停与 ${name} 的同步`,
	resume: (name) => `恢复与 ${name} 的同步`,
	name: "名称",
	nameDesc: "其他设备会显示它。留空则使用最初的名称。",
	save: "保存",
} as const satisfies Words["devicesWords"];

export const heldWords = {
	title: "等待中的文件",
	none: "没有等待中的内容。",
	tooLarge: (count, mib) =>
		`${files(count)}超过了此设备的上限 ${number(mib)} MB，保持原样。要让更大的文件参与同步，请在设置的“同步哪些内容”中调高“最大文件”。`,
	large: {
		coming: (received, total) => `正在分段接收：${size(total)} 中已收到 ${size(received)}。`,
		queued: "在其他文件之后分段接收。",
		waiting: "有它的设备连上后，会分段接收。",
		here: "它在此设备上。你对它的更改不会从这里发送。",
		"changed-here": "它在此设备上被更改，而此设备无法发送它。它保持原样。",
		"other-file": "此设备上有同名的另一个文件，无法从这里发送。它保持原样。",
		"removed-here": "它在这里被删除。有更新的版本，或把“最大文件”调到超过它的大小时，会再传来；其他设备仍保留它。",
		folder: "另一台设备上有一个文件夹用了它的名称。请重命名其中一个。",
		"send-only": "此设备只发送，不接收其他设备的文件。",
		"two-versions": "两台设备各自更改了它。只剩一个版本后会传来。",
		off: "它超过了此设备接受的大小，而“分段接收大文件”已关闭。",
		beyond: "它太大，任何设备都无法发送。",
		unknown: "此设备无法查看它的位置。会自动重试。",
	},
	inParts: (count) => `分段接收的大文件（${number(count)}）`,
	lasting: (count) => `${files(count)}不参与同步`,
	why: (reason) => reason,
	show: (count) => `显示这 ${files(count)}`,
	filesOf: "等待中的文件",
} as const satisfies Words["heldWords"];

export const storageWords = {
	title: "占用空间",
	history: "此设备上以前的版本",
	historyOf: (versions, bytes, budget) =>
		`你的文件有 ${number(versions)} 个以前的版本，最多 ${size(budget)} 中已用 ${size(bytes)}。最旧的会为新的腾出空间。`,
	counting: "正在统计。",
	none: "还没有内容被替换或删除。",
	notRunning: "同步开始运行后会显示。",
	relay: "在中继服务器上",
} as const satisfies Words["storageWords"];

export const whereWords = {
	title: "这篇笔记在哪里？",
	noFile: "打开一篇笔记，查看哪些设备上的它与这里一致。",
	looking: "正在询问中继服务器。",
	has: "在那里",
	stored: "中继服务器已为此设备存放它",
	lacking: "还不在那里",
	notKnown: "未知：没有连接",
	changing: "它正在更改，或不在此处同步。",
	alone: "没有其他设备可以存放它。",
	byConnection: "只有把更改留在中继服务器时，才能知道未连接的设备上有什么。可以在设置中开启。",
} as const satisfies Words["whereWords"];
