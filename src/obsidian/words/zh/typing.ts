// Saving while somebody types, in Chinese.
import type { Words } from "../catalog.ts";

export const typingText = {
	whileTyping: "输入时同步",
	whileTypingDesc:
		"在每次短暂停顿时保存打开的笔记，让其他设备立即显示它，应用突然退出时丢失的内容也更少。关闭时，以及另一台设备正在修改同一篇笔记时，由应用每两秒保存一次。在手机上会多耗一些电量。",
} as const satisfies Words["typingText"];
