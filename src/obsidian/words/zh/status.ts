// How it goes, in Chinese.
import type { Words } from "../catalog.ts";
import { number } from "../counting.ts";
import { ago, files, labelled, product } from "./common.ts";

const setUpNeeds = { relay: "中继服务器地址", "group-key": "群组密钥" } as const;
const needs = (missing: readonly (keyof typeof setUpNeeds)[]): string =>
	missing.map((what) => setUpNeeds[what]).join("和");

export const phaseWords = {
	notSetUp: "未设置",
	starting: "正在启动",
	failed: "无法启动",
	attention: "需要处理",
	paused: "已暂停",
	waitingForWifi: "等待 Wi-Fi",
	offline: "离线",
	connecting: "正在连接",
	waiting: "等待设备",
	inSync: "已同步",
	syncing: (done, total) => (total > 0 ? `正在同步 ${String(done)}/${String(total)}` : "正在同步"),
} as const satisfies Words["phaseWords"];

export const phaseSentences = {
	notSetUp: (missing: Parameters<typeof needs>[0]) =>
		`要开始使用，请在此菜单或 ${product} 的设置中选择“开始设置”。还缺少：${needs(missing)}。`,
	notSetUpHere: (missing: Parameters<typeof needs>[0]) =>
		`要开始使用，请点击上方的“开始设置”，或在下方输入${needs(missing)}。`,
	starting: "正在查看此仓库的文件。",
	failed: (message) => `同步无法启动，会自动重试：${message}`,
	paused: "不发送也不接收任何内容。你的更改都已记下，恢复后会继续。",
	waitingForWifi:
		"此设备正在使用移动数据，而你选择了“仅限 Wi-Fi”。你的更改都已记下，连上 Wi-Fi 后会继续。如果仍要同步，请选择“立即同步”。",
	offline: "无法连接中继服务器。请检查网络连接；你的更改都已记下，会自动继续。",
	refused: "中继服务器有响应，但不允许此设备接入。请在设置中检查中继服务器地址和访问码。",
	connecting: "正在查找你的其他设备。",
	waiting: "你的其他设备现在都不在线。任意一台上线后，更改就会传送。",
	waitingKept: "你的其他设备现在都不在线。它们缺少的内容已存放在中继服务器上，所以可以关闭此设备。",
	inSync: (count, devices) => `${files(count)}在此设备和其他 ${number(devices)} 台设备上相同。`,
	syncing: (toReceive, toSend) => `待接收 ${files(toReceive)}，待发送 ${files(toSend)}。`,
} as const satisfies Words["phaseSentences"];

export const report = ((words, sentence) => `${words}。${sentence}`) satisfies Words["report"];

export const attention = {
	fallback: "有事需要你处理。",
	andMore: (first, more) => `${first}另外还有 ${number(more)} 项。`,
} as const satisfies Words["attention"];

export const standings = {
	"device-waiting": {
		words: "等待批准",
		sentence: `等待在另一台设备上批准：在那里打开 ${product} 的设置，点击此设备旁边的“批准”。其余的会自动完成。`,
	},
	"device-gone": {
		words: "已从群组中移除",
		sentence:
			"你的另一台设备把此设备从群组中移除了。它的文件会留在这里，不再发送或接收。要回到群组，请扫描群组中某台设备的二维码，或点击群组密钥旁边的“更改”并粘贴它的链接。",
	},
} as const satisfies Words["standings"];

const badName = "名称中有其他设备无法使用的字符。请重命名。";

export const heldReasons = {
	"illegal-name": "此设备无法存放这个名称的文件。在另一台设备上重命名后，它就会传到这里。",
	blocked: "这里有一个文件夹和一个文件同名。请重命名其中一个。",
	"case-collision": "另一个文件与它只有大小写不同。请重命名其中一个。",
	locked: "另一个程序正在使用它。会自动重试。",
	"read-only": "无法在这里写入。请检查文件及其文件夹的权限。",
	"no-space": "此设备没有剩余空间。请腾出一些；其余的会自动完成。",
	"vault-missing": "仓库的文件夹不见了。在它回来之前不会做任何更改。",
	"vault-emptied": "此仓库几乎什么都不剩了。请先确认这是否正确。",
	"ping-pong": "两台设备上的程序轮流更改它，因此发送得越来越慢。请关闭其中一个程序。",
	changing: "另一个程序一直在写入它。会自动重试。",
	"too-large": "它超过了此设备接受的大小。要让它参与同步，请在设置的“同步哪些内容”中调高“最大文件”。",
	io: "设备无法读取或写入它。会自动重试。",
	"no-device-has-it": "已连接的设备都没有它的内容。有它的设备连上后会自动传来；如果都没有，请重新保存它。",
	"no-name": "没有可用于其副本的名称。请重命名它，或它旁边的副本。",
	"too-long": "对其他设备来说，它的路径太长。请缩短。",
	"too-deep": "对其他设备来说，它所在的文件夹层级太深。请上移。",
	"segment-too-long": "对其他设备来说，它的名称太长。请缩短。",
	backslash: badName,
	"control-character": badName,
	"bidi-control": badName,
	"invisible-character": badName,
	"lone-surrogate": badName,
	"not-nfc": badName,
	hidden: badName,
	reserved: badName,
	"dot-segment": badName,
} as const satisfies Words["heldReasons"];

export const heldText = ((path, reason) => `“${path}”正在等待：${reason}`) satisfies Words["heldText"];

export const peerText = {
	line: (name, words) => labelled(name, words),
	inSync: "已同步",
	sending: (count) => `正在发送 ${files(count)}`,
	syncing: "正在同步",
	connecting: "正在连接",
	online: "在线，尚未连接",
	paused: "已暂停",
	refused: (why) => `已拒绝：${why}`,
	unproved: "它没有证明自己是你的设备",
	notSeen: "还没有出现过",
	lastSeen: (elapsedMs) => `上次出现：${ago(elapsedMs)}`,
} as const satisfies Words["peerText"];

export const refusals = {
	self: "它是此设备的副本",
	version: `请在两台设备上更新 ${product}`,
	malformed: `请在两台设备上更新 ${product}`,
	removed: "它已从群组中移除",
	"you-were-removed": "此设备已从群组中移除",
	waiting: "它在等待你在某台设备的设置中批准",
	"you-are-waiting": "此设备在等待你在另一台设备上批准",
	"no-roster": `请在那里更新 ${product}`,
	"roster-awaited": "两台都是新设备，正在等待一台在群组中更久的设备",
	"not-of-link": "它不在此设备的链接所指的群组中。请离开群组，并重新配对此设备",
	"other-roster": "它在另一个使用相同密钥的群组中。请重新配对其中一台",
	"other-epoch": "它用另一台设备的名义记录更改。请把它从群组中移除",
} as const satisfies Words["refusals"];
