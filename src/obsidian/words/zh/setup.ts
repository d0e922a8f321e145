// The set-up of a device, the ways to a relay, and what came of a test of one, in Chinese.
import type { Words } from "../catalog.ts";
import { number } from "../counting.ts";
import { facts, files, list, product } from "./common.ts";

export const setupText = {
	name: "开始设置",
	open: "开始设置",
	rowName: `设置 ${product}`,
	rowDesc: "只需两分钟：在这里设置一次，其他每台设备只要扫描一个二维码。",

	title: `设置 ${product}`,
	intro:
		"你的笔记会加密后在设备之间直接传送。中继服务器让你的设备互相找到，并加锁保存关机的设备还缺少的内容。它无法读取任何笔记。",
	first: "这是我的第一台设备",
	firstDesc: "从这里开始。其他设备用二维码加入。",
	second: "我有二维码或链接",
	secondDesc: `你的另一台设备已经在使用 ${product}。`,

	firstTitle: "你的第一台设备",
	deviceName: "此设备的名称",
	deviceNameDesc: "其他设备会用它来显示此设备。",
	relay: "中继服务器地址",
	relayDesc: "你的设备在那里找到彼此。",
	relayNone: "请输入你的中继服务器地址。下方有获得它的办法。",
	relayPlain: "此地址没有加密，手机无法使用。请输入以 wss:// 开头的地址；下方有获得它的办法。",
	accessCode: "访问码",
	accessCodeDesc: "中继服务器第一次启动时显示过它。",
	test: "测试连接",
	begin: "开始",
	beginAnyway: "仍然开始",
	back: "返回",
	beginning: "正在查看此仓库的笔记。给其他设备的二维码马上就来。",
	failed: (message) => `操作没有成功（${message}）。请再试一次。`,

	secondTitle: "加入你的其他设备",
	onPhone: "在这部手机上：关闭此页面，打开相机，对准另一台设备显示的二维码。",
	orPaste: "或者复制另一台设备显示的链接，粘贴到这里。",
	onComputer: "复制另一台设备显示的链接，粘贴到这里。",
	onOther: `在另一台设备上，从 ${product} 的设置或命令中选择“配对另一台设备”，就会显示这两样。`,
	linkLabel: "配对链接",
	linkPlaceholder: "obsidian://psync?…",
	continue: "继续",

	recipesOwn: "还没有中继服务器？获得它的办法：",
	recipesInstead: "更想使用自己的中继服务器？获得它的办法：",
	recipeWhere: `在装有 Node 20 或更新版本的电脑上，在 ${product} 代码库的副本中运行：`,
	recipeAddress: "这样，中继服务器地址就是",
	useAddress: "使用此地址",
} as const satisfies Words["setupText"];

export const recipeText = {
	here: {
		title: "在这台电脑上，先试一试",
		lines: [
			"让这台电脑上的多个仓库保持一致，不需要别的东西。手机和其他电脑无法连接它。",
			"它会一直运行，直到你关闭终端。",
		],
	},
	home: {
		title: "在家里一直开着的电脑上",
		lines: [
			"在任何地方都能连到你的手机。你需要一个指向家中的互联网域名，并把端口 80 和 443 转发到那台电脑；还需要会自动获取证书的网页服务器 Caddy。",
			"请在命令和文件 relay/deploy/Caddyfile 中，把 relay.example.org 换成你自己的域名。最后两条命令各用一个终端。",
			"中继服务器第一次启动时会显示一个访问码。请保存好：这里会要求输入它。",
		],
	},
	host: {
		title: "在租用的小型服务器上",
		lines: [
			"租用最小的一台就够了，需要一个指向它的自有域名，以及该域名的证书；证书由程序 certbot 获取。",
			"请把 relay.example.org 换成你自己的域名。中继服务器会一直运行，直到你关闭终端。若要它随机器一起启动，请像在家里那样把它放在 Caddy 后面：文件 relay/deploy/psync-relay.service 就是为此准备的。",
			"中继服务器第一次启动时会显示一个访问码。请保存好：这里会要求输入它。",
		],
	},
} as const satisfies Words["recipeText"];

export const relayTestText = {
	running: "正在测试…",
	good: "中继服务器有响应，并允许此设备接入。",
	keeps: "它还会为关机的设备保存加锁的更改。",
	"no-such-name": "没有这个名称的电脑。地址拼写正确吗？",
	"nothing-there": "那台电脑存在，但此地址上没有运行中继服务器。请启动它，或检查端口。",
	"no-answer": "此地址没有任何响应。中继服务器在运行吗？此设备能连到它吗？",
	"no-network": "此设备现在没有网络连接。",
	certificate: "中继服务器的证书不受信任。它必须是公开的证书，不能是自签名或已过期的，并且正好属于这个名称。",
	"not-a-relay": "此地址有响应，但不是中继服务器。请检查名称和端口。",
	"not-behind": "网页服务器有响应，但它后面的中继服务器没有。中继服务器在运行吗？",
	"code-missing": "中继服务器要求访问码。请在上方输入：中继服务器第一次启动时显示过它。",
	"code-wrong": "中继服务器不接受此访问码。请与中继服务器第一次启动时显示的访问码核对。",
	"group-refused": "此中继服务器只接受名单上的群组。请让运行它的人把你的群组加进去，或在启动时不使用 --groups-file。",
	"too-often":
		"中继服务器要你等一等：从这里发出的请求太多了。请一分钟后再试。如果仍然如此，请几小时后再试：它每天只接受来自同一网络的少数几个新群组。",
	"other-address": "中继服务器运行在另一个地址上。请输入启动它时 --public-url 所指定的地址。",
	refused: "中继服务器有响应，但不允许此设备接入。它是不是更新或更旧的版本？",
	"no-socket": "中继服务器有响应，但保持打开的连接无法通过。它前面的网页服务器必须放行 WebSocket。",
} as const satisfies Words["relayTestText"];

export const otherSyncText = {
	notice: (names) => `${list(names)} 似乎也在同步此仓库。两者同时进行会互相抵消：请只保留其中一个。`,
	line: (names) => `${list(names)} 似乎也在同步此仓库。请只保留其中一个。`,
} as const satisfies Words["otherSyncText"];

const LEFT = "此仓库已不在任何群组中。所有笔记都在原处。";

export const groupText = {
	heading: "此仓库的群组",
	changeRelay: "更换中继服务器",
	changeRelayDesc: "换成另一个地址，先在此设备上，再在其他每台设备上。",
	changeRelayTitle: "更换中继服务器？",
	changeRelayLines: [
		"设备只有在同一台中继服务器上才能找到彼此。之后请在其他每台设备上也输入新地址：在此之前，此设备找不到它们，但不会丢失任何内容。",
		"旧中继服务器上为关机设备留着的内容会留在那里，几周后消失。",
	],
	change: "更换",
	relayChanged: "此设备现在使用新的中继服务器。请在其他设备上也输入它。",

	leave: "离开群组",
	leaveDesc: "你的笔记会保留。此设备不再让它们保持一致。",
	leaveTitle: "让此仓库离开群组？",
	leaveLines: (isLast) => [
		"所有笔记都会原样留在此设备上。从此以后，在这里写的内容留在这里，其他设备写的内容留在那里。",
		"此设备保存的群组信息会被清除：群组密钥、访问码，以及它对每篇笔记所知的信息。在这里被替换或删除的内容会先写成文件。",
		"你的其他设备会继续同步，并把此设备列为不在线，直到你在那里移除它。",
		...(isLast ? ["群组中没有其他设备。没有恢复单，就再也没有人能回到这个群组。"] : []),
	],
	startOver: "重新开始",
	startOverDesc: "离开群组，并清除此设备的设置。你的笔记，以及你在“同步哪些内容”中的选择都会保留。",
	startOverTitle: "在此设备上重新开始？",
	startOverLine:
		"中继服务器地址、此设备的名称和其他设置也会被清除，但你在“同步哪些内容”中的选择会保留。然后会打开设置界面。",
	cancel: "取消",
	leaving: "正在离开群组…",
	left: LEFT,
	leftWith: (count, folder) =>
		`${LEFT}在这里被替换或删除的 ${number(count)} 个版本：${folder}。卸载 ${product} 时，此文件夹也会一起删除：请复制你想保留的内容。`,
	leftInPart: (folder) =>
		`${LEFT}在这里被替换或删除的内容还没有全部写成文件：其余的仍在 ${product} 的文件夹中。请在此设备上腾出空间，然后重启应用：其余的会写到 ${folder}。在此之前请不要卸载 ${product}。`,
	failed: (message) => `没有离开群组（${message}）。请再试一次。`,
	notRunning: "这里的同步尚未启动，所以现在无法写出被替换或删除的内容。请在它运行后再试。",
} as const satisfies Words["groupText"];

export const firstLookText = {
	title: "首次同步之前",
	waiting: (sentence) => `此仓库还没有发送或更改任何内容。${sentence}`,
	comparing: "正在将此仓库与你的其他设备比对…",
	cannotCompare: (message) =>
		`无法比对此仓库（${message}）。没有发送或更改任何内容。请重新比对，或不查看直接开始：两边的内容都会保留。`,
	compareAgain: "重新比对",
	nothingIsLost: "这不会丢失任何内容。只有一边有的内容会传到另一边，让出位置的内容会进入原来拥有它的设备的历史。",
	same: "两边相同",
	onlyThere: "传到这里",
	onlyHere: "传到你的其他设备",
	different: "两边不同",
	past: "以前在那里被替换或删除",
	sum: (count, bytes) => (count === 0 ? number(0) : facts([files(count), bytes])),
	whatCounts: "两边内容不同时：",
	choices: {
		merge: {
			name: "两者都保留",
			desc: "一个保留原名，另一个放在旁边。其他设备以前替换或删除的内容会进入历史。",
		},
		theirs: {
			name: "采用它们的",
			desc: "以其他设备上的内容为准。这里原有的内容在此设备的历史中。",
		},
		mine: {
			name: "保留我的",
			desc: "以这里的内容为准，即使它更旧。其他设备原有的内容在它们的历史中。只有它们以前删除的内容会进入这里的历史。",
		},
	},
	differentList: "哪些不同",
	pastList: "哪些以前在那里被替换或删除",
	byFolder: "按文件夹",
	noFolder: "不在任何文件夹中",
	folder: (name, [same = 0, there = 0, here = 0, different = 0]) =>
		`${name}：相同 ${number(same)}，传来 ${number(there)}，传出 ${number(here)}，不同 ${number(different)}`,
	start: "开始同步",
	startNow: "不查看直接开始",
	more: (count) => `还有 ${number(count)} 项`,
	decline: "不加入",
	declined: "此仓库不在任何群组中。它的笔记都没有发送或更改。在你从其他设备上移除此设备之前，那里可能仍会列出它。",
	words: "等待你的选择",
	sentence: "在你于打开的窗口中做出选择之前，不会同步任何内容。如果关闭窗口，两边会合在一起。",
} as const satisfies Words["firstLookText"];
