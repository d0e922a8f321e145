// Saving while somebody types, in Chinese.
import type { Words } from "../catalog.ts";

export const typingText = {
	whileTyping: "输入时同步",
	whileTypingDesc:
		"在每次短暂停顿时保存打开的笔记，让其他设备立即显示它，应用退出时也不会丢失未保存的内容。否则每两秒保存一次。在手机上会多耗一些电量。",
} as const satisfies Words["typingText"];
