// Words by which the app's search finds a setting too, in Chinese.
import type { Words } from "../catalog.ts";

export const searchWords = {
	setUp: "开始|启动|向导",
	groupKey: "密码|配对|设备|二维码|链接|加入",
	relay: "服务器|URL",
	devices: "移除|丢失|被盗|成员|批准",
	mailbox: "信箱|离线|不在|存储",
	largest: "附件|大小|图片|上限",
	wholeCopy: "备份",
	stored: "配额|空间|删除",
	whileTyping: "实时|自动保存|延迟|协作",
	wifiOnly: "移动数据|流量|蜂窝网络|电量",
	limits: "限制|速度|带宽|限速",
	debounce: "延迟",
	kinds: "附件|文件类型",
	sizes: "大小|上限|附件",
	patterns: "忽略|排除|gitignore|psyncignore",
	appSettings: "主题|片段|快捷键|插件|外观",
} as const satisfies Words["searchWords"];
