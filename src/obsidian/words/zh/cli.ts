// What the app's own command line says, in Chinese.
import type { Words } from "../catalog.ts";
import { product } from "./common.ts";

export const cliText = {
	status: "同步的状态，以及有哪些设备",
	format: "输出格式：text，或供脚本使用的 json",
	sync: "立即查找更改",
	syncing: "正在查找更改。",
	pause: "停止发送和接收，直到 psync:resume",
	paused: `${product} 已暂停。更改都已记下，会在 psync:resume 之后继续。`,
	resume: "在 psync:pause 之后继续",
	resumed: `${product} 已继续。`,
	conflicts: "冲突副本：笔记及其副本，每项一行",
	noConflicts: "没有冲突副本。",
	held: "正在等待的文件及原因",
	noneHeld: "没有正在等待的文件。",
} as const satisfies Words["cliText"];
