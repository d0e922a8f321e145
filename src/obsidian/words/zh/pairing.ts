// Pairing, and the recovery sheet, in Chinese.
import type { Words } from "../catalog.ts";
import { product } from "./common.ts";

export const pairingText = {
	joinTitle: "让此仓库加入群组？",
	vault: "仓库",
	relay: "中继服务器",
	leaves: "此仓库会先离开现在的群组。你的其他设备会留在原群组中。",
	consequence:
		"此仓库会变得与那个群组的设备一致：它们的笔记会传到这里，此仓库的笔记也会传给它们。不会丢失任何内容：内容不同的笔记，两个版本都会保留；那些设备以前替换或删除的内容会进入此设备的历史。",
	relayChanges: (before) => `它会替换设置中的中继服务器 ${before}。`,
	withCode: "链接中带有中继服务器的访问码。",
	onThatComputer: "那台中继服务器就在生成链接的电脑上，所以链接只能在那台电脑上使用。",
	onlyYourOwn:
		"只有当你刚刚在自己的设备上生成了这个链接或二维码时，才加入。如果是别人生成的，对方会得到此仓库的全部笔记。如果你想用的是另一个仓库，请取消，打开那个仓库再试一次。",
	join: "加入",
	cancel: "取消",
	close: "关闭",

	refusedTitle: "没有做任何更改",
	notTaken: (message) => `有一个无法使用的配对链接被打开了。${message}`,
	sameGroup: (vault) => `仓库“${vault}”已经在此链接的群组中。`,
	otherGroup: (vault, relay) =>
		`有一个指向 ${relay} 上某个群组的链接被打开了，但仓库“${vault}”已经在另一个群组中。如果你想更换群组，请在 ${product} 的设置中点击群组密钥旁边的“更改”，把链接粘贴到那里。如果这不是你要求的，请关闭它。`,

	pairTitle: "配对另一台设备",
	pair: "配对另一台设备",
	pairWhenRemoved: "此设备已不在群组中，它的链接不会有任何作用。请在群组中的设备上点击这里。",
	pairNeedsRelay: "要配对另一台设备，请先在下方输入中继服务器地址。",
	scan: `在手机上：打开那里的仓库并启用 ${product}，把相机对准此二维码。开始之前 Obsidian 会先询问。`,
	codeLabel: "包含配对链接的二维码",
	orLink: `在电脑上：在那里打开此链接，或粘贴到 ${product} 的设置中。`,
	linkLabel: "配对链接",
	onThisComputer: "中继服务器就在这台电脑上，所以只能在这台电脑上使用。",
	noLink: "链接只能用于加密的中继服务器，而你的没有加密。请在另一台设备上手动输入此中继服务器地址和群组密钥。",
	keepSecret:
		"任何得到它的人都可以读取和更改整个仓库。只展示给你自己的设备。不要公开或发送它，也不要把它留在笔记或截图中。",
	select: "全选以便复制",
	selected: "已选中：现在复制",
	sheet: "恢复单",
	sheetTitle: "恢复单",
	sheetUse: "如果你的所有设备都丢失了，这就是回到群组的办法。请打印或抄写下来，与重要文件放在一起。",
	print: "打印",
	save: "保存为文件",
	back: "返回",
} as const satisfies Words["pairingText"];

export const sheetText = {
	title: `${product} 恢复单`,
	vault: "仓库",
	group: "群组",
	date: "日期",
	relay: "中继服务器地址",
	accessCode: "访问码",
	key: "群组密钥",
	warning:
		"任何持有此单的人都可以加入群组，读取并更改每一篇笔记。\n请与重要文件放在一起保管：不要放在仓库、邮件、聊天或\n云盘中。",
	use: `要回到群组：安装 ${product}，在它的设置中输入中继服务器地址、\n访问码（如果有）和群组密钥。密钥中的空格没有影响。`,
} as const satisfies Words["sheetText"];

export const keyProblems = {
	empty: "请输入群组密钥。",
	"not-a-key": "这不是群组密钥。群组密钥以 psync1 开头，共 65 个字符。",
	"mixed-case": "群组密钥请全部用小写字母，或全部用大写字母输入。",
	checksum: "群组密钥中有输入错误：最后几个字符与其余部分不符。请再核对一遍。",
	version: `此群组密钥由更新版本的 ${product} 生成。请更新此设备上的 ${product}。`,
	length: ({ missing }) =>
		`群组密钥不含空格共 65 个字符：${missing > 0 ? `还缺 ${String(missing)} 个` : `多了 ${String(-missing)} 个`}。`,
	character: ({ character, position, similar }) =>
		`群组密钥中没有“${character}”（第 ${String(position)} 个字符）。${similar.length === 0 ? "" : `是不是“${similar.join("”或“")}”？`}`,
} as const satisfies Words["keyProblems"];

export const linkProblems = {
	"too-long": "这段文字太长，不可能是配对链接。",
	"not-a-link": "这不是配对链接。配对链接以 obsidian://psync? 开头。",
	damaged: "此链接已损坏。请从另一台设备重新复制。",
	repeated: "此链接中有一项出现了两次。请从另一台设备重新复制。",
	version: `此链接由更新版本的 ${product} 生成。请更新此设备上的 ${product}。`,
	"key-missing": "此链接缺少群组密钥：它被截断了。请复制完整的链接。",
	key: (what) => `此链接中的群组密钥已损坏。${what}`,
	"access-code": "此链接中的访问码已损坏。请从另一台设备重新复制链接。",
	"first-device": "此链接中第一台设备的标记已损坏。请重新复制链接。",
	"relay-missing": "此链接缺少中继服务器：它被截断了。请复制完整的链接。",
	"relay-scheme": "此链接中的中继服务器不是有效地址：它不是以 wss:// 开头。",
	"relay-credentials": `此链接中的中继服务器地址带有用户名。${product} 不接受用户名。`,
	"relay-address": "此链接中的中继服务器不是有效地址：地址由名称和可能的端口组成。",
	"relay-plain": "此链接中的中继服务器没有加密。链接只接受以 wss:// 开头的中继服务器，或这台电脑上的中继服务器。",
} as const satisfies Words["linkProblems"];
