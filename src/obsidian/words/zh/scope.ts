// The page "What syncs" of the settings, in Chinese.
import type { Words } from "../catalog.ts";
import { number } from "../counting.ts";
import { files } from "./common.ts";

export const scopeText = {
	heading: "同步哪些内容",
	headingDesc: "此设备要排除的文件夹、文件类型和大小。",
	leftOutShort: (count) => (count === undefined || count === 0 ? "" : `已排除 ${files(count)}`),

	here: "在此设备上",
	takePart: (count) => `此设备上有 ${files(count)}参与同步`,
	unknown: "同步开始运行后会显示。",
	leftOut: (count) => (count === 0 ? "这里没有排除其他设备的任何内容。" : `你的设备中有 ${files(count)}不在这里同步。`),
	tooLarge: (count) => `此设备或其他设备上有 ${files(count)}超过下方的上限。`,
	nothingDeleted:
		"排除内容不会删除任何东西，无论在这里还是别处：它只是在此设备上保持原样。当你再次让它参与时，它会更新到最新。",

	folders: {
		notIn: {
			heading: "排除的文件夹",
			none: "没有。添加文件夹后，其中的内容既不会从此设备发送，也不会接收。",
			add: "排除文件夹",
		},
		onlyIn: {
			heading: "仅限这些文件夹",
			none: "没有，所以所有文件夹都参与。添加一个后，它之外的内容都不参与。",
			add: "添加要参与的文件夹",
		},
	},
	pickFolder: "输入文件夹名称的一部分",
	noFolder: "没有名称包含它的文件夹。",
	filesIn: (count) => `此仓库中有 ${files(count)}`,
	noSuchFolder: "现在不在此仓库中。",

	kinds: "文件类型",
	kindNames: {
		notes: { name: "笔记", desc: "以 .md 结尾的文件。" },
		canvases: { name: "白板和数据库", desc: "以 .canvas 或 .base 结尾的文件。" },
		images: { name: "图片", desc: ".png、.jpg、.heic、.svg、.webp 等。" },
		audio: { name: "音频", desc: ".mp3、.m4a、.wav、.ogg 等。" },
		video: { name: "视频", desc: ".mp4、.mov、.webm、.mkv 等。" },
		pdfs: { name: "PDF 文件", desc: "以 .pdf 结尾的文件。" },
		others: { name: "其他所有文件", desc: "以其他方式结尾的文件，例如 .zip 或 .docx。" },
	},

	sizesAndPatterns: "大小和规则",
	largest: "最大文件",
	largestDesc: "更大的文件不会从此设备发送。只有在下面的设置开启时，才会分段接收。",
	largestOnPhone: (mib) => `手机和平板电脑最初为 ${number(mib)} MB：整个文件都要放进内存，文件过大时系统会关闭应用。`,
	receivesLarge: "分段接收大文件",
	receivesLargeDesc:
		"更大的文件仍会从你的其他设备传来，每次几兆字节，并跟随那里的更改。你在此设备上对它的更改会留在这里。",
	upTo: (mib) => (mib === 0 ? "任意大小" : `${number(mib)} MB`),

	patterns: "规则",
	patternsDesc:
		"每行一条，写法与 .gitignore 文件相同：*.tmp 排除所有以此结尾的文件，/Drafts/ 排除一个文件夹，前面加 ! 则重新纳入。它们保存在仓库最上层的文件 .psyncignore 中，只对此设备有效，并且要等你点击按钮后才生效。",
	patternsPlaceholder: "*.tmp\n/Drafts/",
	usePatterns: "使用这些规则",
	dropPatterns: "撤销我的更改",
	matchNone: "此仓库中没有与之匹配的文件。",
	matches: (count, all, names, isChanged) =>
		`此仓库的 ${files(all)}中，${isChanged ? "将会排除" : "已排除"} ${number(count)} 个：${names}。`,
	matchesNoMore: (count, names) => `现在被排除的 ${files(count)}将会参与，并传到你的其他设备：${names}。`,
	more: (count) => `另外 ${number(count)} 个`,
	fromElsewhere: "另一个程序在此期间写入了以下内容：保留你需要的，然后再次点击按钮",
	unreadable: (why) => `无法读取文件 .psyncignore（${why}）。之前的规则继续有效。`,
	notWritten: (why) => `无法保存规则（${why}）。它们还在这里：请再试一次。`,
} as const satisfies Words["scopeText"];
