// The app’s own settings, as they wait for a person, in Chinese.
import type { Words } from "../catalog.ts";
import { number } from "../counting.ts";

export const settingsSyncText = {
	heading: "Obsidian 设置",
	toReview: "待查看",
	desc: "应用自身的设置，由每台设备各自选择。其他设备更改的内容会列在这里，直到你采用；不会自动更改任何内容。插件自身的设置和数据不同步。",
	waiting: (count) =>
		count === 0
			? "没有等待你处理的设置。"
			: `其他设备更改了 ${number(count)} 项设置：请查看，并采用你想在这里使用的内容。`,
	waitsForGroup: "此设备一旦拥有其他设备的内容，你自己的设置就会发出。",
	restart: "请重启 Obsidian，以看到你采用的全部内容。",
	kindNames: {
		app: { name: "编辑器、文件与链接", desc: "文件 app.json。" },
		appearance: { name: "外观", desc: "主题、字体和颜色：文件 appearance.json。" },
		themes: { name: "主题", desc: "已安装的主题。" },
		snippets: { name: "样式片段", desc: "以 .css 结尾的样式文件。" },
		hotkeys: { name: "快捷键", desc: "文件 hotkeys.json。" },
		corePlugins: { name: "核心插件", desc: "哪些已启用：文件 core-plugins.json。" },
		communityPlugins: {
			name: "第三方插件列表",
			desc: "哪些已启用。不会因此安装插件：这里缺少的插件会列出名称。",
		},
		pluginCode: {
			name: "第三方插件",
			desc: "已安装的插件，不含它们自身的设置和数据。每个版本都在这里等待，直到你在此设备上安装它。",
		},
	},
	changes: {
		new: "此设备上还没有。",
		changed: "已在其他设备上更改。",
		both: "这里与你的其他设备不同。",
		removed: "已在其他设备上移除。",
	},
	from: (device) => `来自 ${device}。`,
	turnsOn: (plugins) => `将启用：${plugins}。`,
	turnsOff: (plugins) => `将停用：${plugins}。`,
	missing: (plugins) => `这里未安装：${plugins}。如果需要，请先安装。`,
	version: (version, author) => (author === "" ? `版本 ${version}。` : `版本 ${version}，作者 ${author}。`),
	versionHere: (version) => `此设备上是版本 ${version}。`,
	isProgram: "插件是程序：它可以读取你的全部笔记并使用互联网。",
	isOff: "安装并不会启用它：请在 Obsidian 的设置中启用。",
	keepsData: "它自身的设置和数据留在此设备上。",
	unfit: {
		"too-large": "它超过了这类文件可能的大小，不能在这里使用。",
		"not-text": "它不是文本，不能在这里使用。",
		"not-settings": "Obsidian 无法读取它，所以不能在这里使用。",
		"not-plugin": "它不是完整的插件，或不是其名称所指的插件，不能在这里安装。",
		"newer-app": "它需要更新版本的 Obsidian。",
		"desktop-only": "它只能在电脑上运行。",
	},
	apply: "在这里使用",
	install: "在这里安装",
	remove: "在这里移除",
	useMine: "处处使用我的",
	leave: "不在此设备上使用",
	takeAgain: "重新参与同步",
	putBack: "恢复这里原来的内容",
	actionOn: (action, name) => `${action}：${name}`,
	apart: "在此设备上保持原样",
	changedMeanwhile: "此设置在此期间已更改。请再看一次。",
	failed: (why) => `未能完成（${why}）。没有丢失任何内容：请重试。`,
} as const satisfies Words["settingsSyncText"];
