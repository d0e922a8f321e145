// Commands, menu and notices, in Chinese.
import type { Words } from "../catalog.ts";
import { number } from "../counting.ts";
import { product } from "./common.ts";

export const actions = {
	syncNow: "立即同步",
	pause: "暂停同步",
	resume: "恢复同步",
	showStatus: "显示同步状态",
	acceptDeletions: "确实已删除",
	rejectDeletions: "放回去",
	openSettings: "打开设置",
	openPanel: "打开面板",
	devices: "设备",
	noDevices: "还没有其他设备",
} as const satisfies Words["actions"];

export const notices = {
	enabled: `${product} 已启用。要让此仓库在你的所有设备上保持一致，请进行设置：只需两分钟。`,
	settingsPath: `打开设置，在“第三方插件”下选择 ${product}。`,
	conflicts: (count) => `${number(count)} 篇笔记同时在两台设备上被编辑。两份内容都已保留：请打开面板进行选择。`,
	lookingNow: "正在查找更改。",
	joined: "此仓库已加入群组。其他设备中的任意一台上线后，它们的笔记就会传过来。",
	notSaved: (message) => `无法保存设置（${message}）。它们在你关闭应用之前有效：请在此设备上腾出空间，然后重新更改。`,
} as const satisfies Words["notices"];
