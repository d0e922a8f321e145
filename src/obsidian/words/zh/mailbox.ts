// What is left with the relay, and who has a note, in Chinese.
import { ONLY_HERE_MAX } from "../../../engine/mailbox/only-here.ts";
import type { Words } from "../catalog.ts";
import { number } from "../counting.ts";
import { labelled, list } from "./common.ts";

export const mailboxText = {
	heading: "把更改留在中继服务器",
	uses: "给关机设备的更改",
	usesDesc:
		"这样，即使其他设备开机时此设备已经关机，你在这里写的内容也能送达。在送达之前，内容会加锁存放在中继服务器上：中继服务器无法读取。",
	largest: "可留下的最大文件",
	largestDesc: "更大的文件会在两台设备都开机时直接传送。在其他设备收到它之前，这里不会提示可以安心关闭此设备。",
	upTo: (mib) => (mib === 0 ? "任意大小" : `${number(mib)} MB`),
	wholeCopy: "整个仓库的副本",
	wholeCopyDesc:
		"这样，即使其他设备都没有开机，新设备也能得到全部笔记。副本同样加锁，会自动跟随每次更改，占用的空间与仓库大致相同。",
	stored: "存放在中继服务器上",
	used: (used, allowed) => `你的所有设备共使用了 ${allowed} 中的 ${used}。`,
	whole: "其中包含整个仓库的副本。",
	words: {
		starting: "同步开始运行后会显示。",
		unused:
			"此设备现在不在那里留下任何内容，也不从那里取回。已存放的内容会一直保留，直到被删除，或几周后由中继服务器清除。",
		looking: "正在询问中继服务器。",
		nothing: "没有存放任何内容。",
		off: "此中继服务器不保存任何内容，因此更改会在两台设备都开机时直接传送。",
		full: "空间已用完。更改会留在你的设备上，并在两台设备都开机时直接传送。不会丢失任何内容，并会自动重试。要腾出空间，请打开还缺少内容的设备，或删除已存放的内容。",
		trouble: "中继服务器现在不接收任何内容。更改会在两台设备都开机时直接传送，并会自动重试。",
	},

	clear: "删除所有存放的内容",
	clearTitle: "删除存放在中继服务器上的所有内容？",
	clearText: [
		"你的任何设备留在那里的内容都会被删除，包括整个仓库的副本。设备上的笔记保持不变。",
		"关机且还缺少内容的设备，会在两台设备都开机时从另一台设备得到。只要此设备或其他设备开启了留下更改的开关，缺少的内容就会再次留在那里。",
	],
	clearing: "正在删除存放在中继服务器上的内容。",
	cleared: "已删除存放在中继服务器上的所有内容。",
	clearFailed: "现在无法删除：中继服务器没有正常响应。请一分钟后再试。",

	onlyHere: (count) => {
		if (count === 0) return "可以安心关闭：没有仅存于此设备的内容";
		return count >= ONLY_HERE_MAX ? "仍有许多更改仅存于此设备" : `仍有 ${number(count)} 处更改仅存于此设备`;
	},
} as const satisfies Words["mailboxText"];

export const receiptText = {
	show: "显示哪些设备有此笔记",
	says: (what, facts) => labelled(what, facts.join("；")),
	note: "此笔记",
	file: "此文件",
	has: (names) => `已在 ${list(names)} 上`,
	stored: (names) => `已为 ${list(names)} 存放在中继服务器上`,
	lacking: (names) => `还不在 ${list(names)} 上`,
	onlyHere: "仅在此设备上",
	nobody: "没有其他设备可以存放它",
	unknown: "它正在更改，或不在此处同步",
} as const satisfies Words["receiptText"];
