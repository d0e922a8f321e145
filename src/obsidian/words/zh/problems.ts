// What stops or troubles the syncing as a whole, in Chinese.
import type { Words } from "../catalog.ts";
import { files, list } from "./common.ts";
import { phaseSentences } from "./status.ts";

export const problemSentences = {
	"relay-refused": phaseSentences.refused,
	"vault-missing": "此仓库的文件夹不见了。在它回来之前不会做任何更改。",
	"group-key-not-kept":
		"群组有了新密钥，但此设备无法保存它。请腾出一些空间：它会自动重试。在此之前，它只能连接持有旧密钥的设备。",
	"records-differ": "两台设备发现它们的笔记本应相同却不一致。它们会全部比对并修复。",
	"relay-full":
		"中继服务器已没有空间留给此群组，因此不再为关机的设备保存更改。它们会从另一台设备得到更改。会自动重试。",
	"relay-full-for-copy": "中继服务器没有空间存放整个仓库的副本。只要还有空间，仍会为关机的设备保存更改。",
	"relay-older-copy":
		"中继服务器给出的是你的设备所留内容的旧副本。不会使用它，需要的内容会重新留在那里。不会丢失任何内容。",
	"relay-two-copies":
		"中继服务器向两台设备给出了所留内容的不同副本。你的设备会继续互相同步，需要的内容会重新留在那里。不会丢失任何内容。",
	"relay-unreadable":
		"中继服务器给出的内容，不是此群组中可以更改笔记的设备留下的。不会使用它，需要的内容会重新留在那里。",
	"state-rolled-back": "此设备记住的同步状态是旧的，或是一份副本。它会从其他设备补上缺少的部分。",
	tampering:
		"你的设备之间有人（也许是中继服务器）在伪造它们的通信。设备已经察觉，没有任何笔记经由那里发出。如果一直这样，请换一台中继服务器。",
} as const satisfies Words["problemSentences"];

export const problemCauses = {
	internal: (cause) =>
		`PSync 内部出错，已停止运行：${cause}。你的笔记是安全的。请重启应用；如果再次出现，请报告此问题。`,
	storage: (cause) => `此设备无法记录更改，因此不会发送任何内容：${cause}。请检查剩余空间；会自动重试。`,
} as const satisfies Words["problemCauses"];

const untold = "在你确认它们确实已删除之前，不会告诉其他设备。";

export const deletionsText = {
	what: ({ why, count, by }) => {
		switch (why) {
			case "elsewhere":
				return `${by.length === 0 ? "另一台设备" : list(by)} 一次删除了 ${files(count)}。`;
			case "missing":
				return `这里有 ${files(count)}不见了或变成了空文件，却不知道是谁删除的。`;
			case "deleted":
				return `这里一次有 ${files(count)}被删除或清空。`;
			case "emptied":
				return `此仓库几乎什么都不剩了：${files(count)}不见了。`;
		}
	},
	next: {
		elsewhere: "在你确认它们确实已删除之前，它们会留在这里。",
		missing: untold,
		deleted: untold,
		emptied: "在它们回来，或你确认它们确实已删除之前，这里和其他设备上都不会有任何更改。",
	},
} as const satisfies Words["deletionsText"];

const rulesReasons = {
	unreadable: "无法读取",
	"too-long": "太长",
	"not-text": "不是文本文件",
	"open-bracket": "[ 后面没有 ]",
	"unknown-set": "[ 和 ] 之间的内容不能以 !、^、[ 或 ] 开头",
	"ends-in-backslash": "以反斜杠结尾",
	"not-understood": "无法理解",
};

export const rulesSentence = (({ file, line, why }) =>
	`${line === undefined ? file : `${file} 第 ${String(line)} 行`}：${rulesReasons[why]}。之前的规则继续有效。`) satisfies Words["rulesSentence"];
