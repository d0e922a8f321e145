// Conflicts, in Chinese.
import type { Words } from "../catalog.ts";
import { number, size } from "../counting.ts";
import { date, dateAndTime } from "../times.ts";
import { labelled } from "./common.ts";

export const conflictText = {
	title: "冲突",
	show: "显示冲突",
	none: "没有冲突。如果一篇笔记同时在两台设备上被编辑，而两份内容无法合在一起，两份都会保留，并列在这里。",
	notRunning: "同步开始运行后会显示冲突。",
	from: (author) => (author === "" ? "另一份内容来自另一台设备" : `另一份内容来自 ${author}`),
	fromOn: (author, day) => `另一份内容来自 ${author}，${date(day)}`,
	older: "此后笔记又被编辑过",
	openLabel: (note) => `查看 ${note} 的两份内容`,

	dialogTitle: (note) => `“${note}”的两个版本`,
	intro: "选择要保留的内容。不保留的会进入此设备的历史。",
	introFolder: "有一个文件夹与此文件同名，所以它以另一个名称存放。请给它起个名称，或删除它。",
	countOf: (place, all) => `${number(place)}/${number(all)}`,
	previous: "上一个冲突",
	next: "下一个冲突",

	facts: (bytes, ms) => `${size(bytes)}，${dateAndTime(ms)}`,

	keepBoth: "两者都保留",
	keepBothHint: "第二份会成为单独的文件。",
	merge: "合并",
	giveName: "给它起个名称",
	drop: "删除",

	mergeIntro:
		"在两份内容不同的地方，合并后的内容包含两者。请在每一处选择要保留的内容，或直接在那里书写。在你确认之前不会保存任何内容。",
	place: (at, all) => `第 ${number(at)} 处，共 ${number(all)} 处`,
	take: { first: "1：笔记", second: "2：另一份内容", both: "两者" },
	takeLabel: (what, place) => labelled(place, what),
	textAt: (place) => labelled(place, "要保留的内容"),
	wholeText: "合并后的内容",
	editWhole: "作为整篇编辑",
	saveMerged: "保存合并后的内容",
	back: "返回",

	named: (name) => `它现在的名称是“${name}”。`,
	merged: "合并后的内容现在就是笔记。之前的两份内容都在历史中。",
	dropped: "已删除，并保留在历史中。",
	last: "这是最后一个冲突。",
	gone: "此冲突已经在这里或另一台设备上解决了。",
	changed: "两份内容中的一份刚刚有更改。这是它们现在的样子；没有覆盖任何内容。",
	changedMerge: "两份内容中的一份刚刚有更改，所以没有保存任何内容。这里显示的是它们现在的样子；你合并的内容在下面。",
	working: "请稍候。",
	refusals: {
		"bad-path": "这个文件名无法用于你的所有设备。请自己重命名该文件，然后再回到这里。",
		"left-out": "此文件不在此设备上同步。请在另一台设备上决定。",
		taken: "刚刚出现了一个同名文件。请再试一次。",
		"folder-there": "有一个文件夹使用这个名称。请改为两者都保留：那份内容会有自己的名称。",
		"file-above": "有一个文件与它所属的文件夹同名。请重命名那个文件，然后再试一次。",
		"no-space": "此设备没有剩余空间。请腾出一些，然后再试一次。",
		held: "已经决定，但现在无法在这里写入。会自动重试。",
		"receive-only": "此设备只接收。请在另一台设备上决定。",
	},
	failed: (why) => `操作没有成功（${why}）。没有覆盖任何内容。请再试一次。`,
} as const satisfies Words["conflictText"];

export const versionWords = {
	note: {
		first: "笔记中",
		firstFrom: (author) => `笔记中，来自 ${author}`,
		second: "另一份内容",
		secondFrom: (author) => `另一份内容，来自 ${author}`,
		keepFirst: "保留 1：笔记",
		keepSecond: "保留 2：另一份内容",
		kept: {
			file: "笔记保持不变。另一份内容在历史中。",
			copy: "另一份内容现在就是笔记。之前的内容在历史中。",
			both: (name) => `两者都保留。另一份内容现在在“${name}”中。`,
		},
	},
	file: {
		first: "此文件",
		firstFrom: (author) => `此文件，来自 ${author}`,
		second: "另一个",
		secondFrom: (author) => `另一个，来自 ${author}`,
		keepFirst: "保留 1：此文件",
		keepSecond: "保留 2：另一个",
		kept: {
			file: "文件保持不变。另一个在历史中。",
			copy: "现在这里是另一个文件。之前的在历史中。",
			both: (name) => `两者都保留。另一个现在的名称是“${name}”。`,
		},
	},
} as const satisfies Words["versionWords"];

export const compareText = {
	layout: "布局",
	sides: "左右并排",
	inline: "上下排列",
	region: "两份内容的对比",
	equalLines: (count) => `显示相同的 ${number(count)} 行`,
	onlyIn: (heading) => `仅在：${heading}`,
	noDifference: "两份内容相同。它们只在换行方式或不显示的字符上有差别。",
	tooLarge: "这两份内容的差别太多，无法在这里逐行对比。请打开两个文件阅读。",
	noPreview: "这类文件无法在这里显示。请比较大小和日期，或打开两个文件。",
	pictureOf: (heading) => `图片：${heading}`,
	nothing: "现在没有这个名称的文件。",
} as const satisfies Words["compareText"];
