// The panel in the sidebar, in Chinese.
import type { Words } from "../catalog.ts";
import { number } from "../counting.ts";

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
