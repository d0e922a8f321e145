// The devices of the group, in Chinese.
import type { Words } from "../catalog.ts";
import { list } from "./common.ts";

const refusals = {
	"no-roster": "此设备还没有设备列表。等它连上另一台设备后再试一次。",
	"not-admin": "只有能够邀请和移除的设备才能这样做。请在这样的设备上操作。",
	"unknown-device": "那台设备已不在群组中。无需再做什么。",
} as const;

export const deviceText = {
	heading: "设备",
	list: "群组中的设备",
	notRunning: "同步开始运行后会显示此列表。",
	noList: "此设备第一次连上群组中的设备时会收到列表。如果它们都没有，请在这里创建：之后此设备就可以邀请和移除。",
	begin: "创建列表",
	alone: "还没有其他设备。要添加设备，请点击上方的“配对另一台设备”。",
	mayDecide: "群组中的每台设备都有此仓库的全部笔记。请移除已丢失或不属于你的设备。",
	mayNotDecide: (admins) =>
		`群组中的每台设备都有此仓库的全部笔记。只有 ${admins} 可以更改此列表。如果这些设备你都没有了，请在上方创建新的群组密钥，然后重新配对你的设备。`,
	nobodyDecides: "已经没有可以更改此列表的设备。要重新拥有一台，请在上方创建新的群组密钥，然后重新配对你的设备。",
	notInIt: "此设备已不在群组中。这是它最后收到的列表。",

	thisDevice: (name) => `${name}（此设备）`,
	inSettings: "在设置中显示",
	roles: { admin: "可以邀请和移除", writer: "可以写入", reader: "只能读取" },
	roleOf: (name) => `${name} 的权限`,
	online: "在线",
	waiting: "等待批准，在此之前不会收到任何笔记",
	gone: "已从群组中移除",

	askFirst: "新设备加入前先询问",
	askFirstDesc:
		"任何持有群组的链接、二维码、恢复单或密钥的人都可以加入。开启后，新设备会一直等待，直到在此列表中获得批准。",

	remove: "移除",
	approve: "批准",
	approveOf: (name) => `批准 ${name}`,
	words: "比对单词",
	wordsOf: (name) => `与 ${name} 比对单词`,
	wordsHow: (name, own) => `在 ${name} 上打开这些设置，点击 ${own} 旁边的“比对单词”。两个屏幕必须显示相同的四个单词：`,
	wordsDiffer: (name) => `如果不同，那就是另一台自称 ${name} 的设备：请在这里移除它。`,

	joined: (names) => `${list(names)} 加入了群组。不是你的设备？请在设置中移除。`,
	waits: (names) => `${list(names)} 想要加入群组。请在设置中批准或移除。`,
	openList: "显示设备",
	read: "关闭",

	refusals,
	failed: (message) => `操作没有成功（${message}）。请再试一次。`,
} as const satisfies Words["deviceText"];

export const removalText = {
	title: (name) => `将 ${name} 从群组中移除？`,
	paragraphs: (name) => [
		[
			"会发生什么：",
			`${name} 会立即被拒之门外，群组会换用新密钥。你的其他设备会自动收到新密钥，现在关机的也不例外。此前生成的链接、二维码和恢复单都会失效。`,
		],
		[
			"什么无法撤回：",
			`${name} 会保留它已有的笔记。到目前为止在它上面所做的更改会留在你的笔记中。它无法自行回来；以后你可以重新配对。`,
		],
		["如果它被盗了：", "如果厂商提供远程抹除功能，请抹除它，并更改笔记中写有的密码：能解锁它的人都能看到这些密码。"],
	],
	remove: (name) => `移除 ${name}`,
	cancel: "取消",
	removing: (name) => `正在移除 ${name}。`,
	removed: (name) => `已移除 ${name}，群组有了新密钥。如果你保存着恢复单，请重新制作一份。`,
	removedLater: (name) =>
		`已移除 ${name}。现在无法连接中继服务器，新密钥会在连上后尽快发出：请让此设备保持开启，直到它再次显示已同步。`,
	unreached: (names) => `无法把新密钥发给 ${list(names)}：请重新配对。`,
	refusals: {
		...refusals,
		"this-device": "设备不能移除自己。请在另一台可以邀请和移除的设备上移除它。",
		postponed:
			"此设备没有空间记录这件事。请腾出一些空间：之后会自动移除。在此之前，那台设备仍在列表中，并会收到你的笔记。",
		busy: "群组正在换用另一个新密钥。请一分钟后再试。",
	},
	failed: (message) => `出了点问题（${message}）。如果那台设备仍在列表中，请再次点击“移除”。`,
} as const satisfies Words["removalText"];
