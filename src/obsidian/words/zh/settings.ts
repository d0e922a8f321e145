// The settings tab, in Chinese.
import type { Words } from "../catalog.ts";
import { number } from "../counting.ts";

export const settingsText = {
	status: "状态",
	connection: "连接",
	thisDevice: "此设备",

	relay: "中继服务器地址",
	relayDesc:
		"你的设备通过中继服务器找到彼此。它还会加锁保存关机的设备还缺少的内容，但无法读取你的笔记。请在每台设备上使用相同的地址；手机需要以 wss:// 开头的地址。",
	relayPlaceholder: "wss://relay.example.org",

	accessCode: "访问码",
	accessCodeDesc: "仅在中继服务器要求时填写。它显示在启动中继服务器的地方。",

	plainRelay: "未加密的中继服务器",
	plainRelayDesc:
		"仅适用于你自己网络中、地址以 ws:// 开头的中继服务器。同一网络中的其他人能看到你的设备何时在线，以及访问码；但永远看不到你的笔记。",

	groupKey: "群组密钥",
	groupKeyNone:
		"使用相同群组密钥的设备会让各自的仓库保持一致。请在第一台设备上创建密钥。在其他每台设备上，用相机扫描它的二维码，或把它的链接或密钥粘贴到这里。",
	groupKeyOther:
		"粘贴另一个群组的链接或密钥，或创建密钥以开始新的群组。要把丢失的设备拒之门外，请在“设备”下点击它旁边的“移除”。",
	groupKeySet: (name) => `此仓库在群组 ${name} 中。你的其他设备会显示相同的名称。`,
	groupKeyShown: "任何持有此密钥的人都可以读取和更改整个仓库。只把它交给你自己的设备，并在安全的地方保存一份。",
	groupKeyPlaceholder: "粘贴链接或密钥",
	createKey: "创建密钥",
	useKey: "加入",
	showKey: "显示",
	hideKey: "隐藏",
	changeKey: "更改",
	cancel: "取消",
	changeKeyTitle: "更改群组密钥？",
	changeKeyText:
		"此仓库会离开现在的群组，加入新密钥的群组。两边的文件都会保留并合在一起；你的其他设备会留在现在的群组中。",
	changeKeyConfirm: "更改密钥",

	deviceName: "设备名称",
	deviceNameDesc: "其他设备会用它来显示此设备，冲突副本的名称也会用到它。",

	wifiOnly: "仅限 Wi-Fi",
	wifiOnlyDesc:
		"使用移动数据时不发送也不接收任何内容；你的更改都已记下，连上 Wi-Fi 后会继续。“立即同步”仍会同步，直到换了网络。",

	limitUp: "最快上传速度（KB/秒）",
	limitUpDesc: "适用于较慢的网络。由所有设备和中继服务器共用。0 表示不限速。",
	limitDown: "最快下载速度（KB/秒）",
	limitDownDesc: "对此设备接收的内容同样适用。",

	debounce: "发送前的等待时间（毫秒）",
	debounceDesc: "停止编辑笔记多久之后才发送更改，单位为千分之一秒。100 感觉是即时的；数值越大，输入时发送得越少。",
} as const satisfies Words["settingsText"];

export const settingsProblems = {
	relayScheme: "中继服务器地址以 wss:// 开头（如果中继服务器在这台电脑上，也可以是 ws://）。",
	relayAddress: "这不是中继服务器地址。它只有名称，可能还有端口，例如 wss://relay.example.org 或 ws://127.0.0.1:9000。",
	relayPlain: "此地址没有加密。请使用以 wss:// 开头的地址，或在下方开启“未加密的中继服务器”，然后重新输入。",
	relayPlainOnPhone: "手机需要以 wss:// 开头的地址。",
	deviceName: (max) => `名称为 1 到 ${number(max)} 个字符。`,
	wholeNumber: (min, max) => `请输入 ${number(min)} 到 ${number(max)} 之间的整数。`,
} as const satisfies Words["settingsProblems"];

export const deviceNames = {
	iphone: "iPhone",
	ipad: "iPad",
	androidPhone: "Android 手机",
	androidTablet: "Android 平板",
	mac: "Mac",
	windows: "Windows 电脑",
	linux: "Linux 电脑",
	other: "设备",
} as const satisfies Words["deviceNames"];
