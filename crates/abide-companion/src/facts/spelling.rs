//! Letters that people write in more than one way: without their accents, and in traditional characters. Must not know any pattern.

use std::borrow::Cow;

/// French letters with the ones that are typed for them.
const ACCENTS: &[(&str, char)] =
    &[("éèêë", 'e'), ("àâ", 'a'), ("ùûü", 'u'), ("îï", 'i'), ("ôö", 'o'), ("ç", 'c')];

/// Simplified characters that patterns and topics are made of, each before the traditional ones of the same place.
const SIMPLIFIED: &str = "妈爱欢讨厌医师护学习业现过对严点猫马鸟鱼龟爷儿闺邻侄板亲岁电脑车银厂务员农记译书馆经画乐厨计筑飞机军药剂兽摄编辑买养领条只头个们这请别说谈讲话题听给问写读间时刚从来离职辞订单应该会开关于东语汉国华为腾讯里网团诊断郁虑碍双动闭癫痫节压脏强鸣红绿确认场约预参试术检礼赛辩复纪梦标证发诺级台辆图尔谁么吗样没实觉帮烦劳坚终让准备划减钱愿几万号丽视剧声饮饭苹虾种无与进远边届贵忆轻专两乌仓兰厅咨坏孙层戏楼游热绍结见议许设诉识词询货较运还递队顺颜鹦鹉长销装错决后喽义湾广庆岛亚罗总宠随阳险难气吴妇肾肠鸡卖变带换弃笔乡杀虽连钟须顾骗伤伦传冲债贷资赚亏穷账赌疗肿疯产丧坟祷圣统选举党战争弹导轰烟狱审罚体称课绩论财币费价贫恋属赔税签责监违谋堕瘾烧赡抚轨婴鲸鲨鹅鸭鹰蚁虫狮驴骡猪龙蜗蝇蚂蝉鸽鹤鲜贝疟瘫痒疮胆脉肤脸齿颈胁脱恶忧惊恼怀悬惨惩愤惯怜态惧门闻闪闹闷阅阴际陆陈隐雾静韩页项顿频颗额颤风饥饿馒驾驶骂骄验麦龄齐购贩贺贼贿贪赞赢跃践踪躯转辉辅辈达迁迈迟遗邓郑酱酿释针钓钢钥铁铃铜铺链锁锅锋锦键镇镜劲势区协厉县吓启呜响哑唤啸喷嘱园围圆块垒墙壮壶处夹夺奋奖妆娇娱宁宝宽宾寝寻寿将尘尝尽岗峡帅帐库废异弯归录彻径忏户扑执扩扫扬扰抢报担拥择拦挡挤挥损捡据携摆摇撑敌数斋旧旷显晒晓晕暂权杂极构枪柜栏树桥横残毁毕汤沟泪泼泽洁洒浅浇济浑浓涛润涨渊渐渔温湿满滚滞滨潜灭灯灵灾炉炼烛烂牵犹独狭猎环玛皱盐盘睁砖码础祸积稳窃竞简篮类粮紧纠纤纱纳纷纸纹线练组细织绒绘络绝绪续绳维绵缓缘缝缠缩缴联聪肃胀胶脚舰艺芦苍荐获莲营萧葱蒋蓝虚衔补衬袄览触誉训讶讽评诗诚误诱谅谎谜谢谱负败质贯贱赏赖软载输适逻邮闲闯阶雏颂颇饰饱骤丰临乱仅仪优伟伪侠侣侦侧倾偿储兴册冻净凉凤凭击刘则创剑剥办劝";
const TRADITIONAL: &str = "媽愛歡討厭醫師護學習業現過對嚴點貓馬鳥魚龜爺兒閨鄰姪闆親歲電腦車銀廠務員農記譯書館經畫樂廚計築飛機軍藥劑獸攝編輯買養領條隻頭個們這請別說談講話題聽給問寫讀間時剛從來離職辭訂單應該會開關於東語漢國華為騰訊裡網團診斷鬱慮礙雙動閉癲癇節壓臟強鳴紅綠確認場約預參試術檢禮賽辯復紀夢標證發諾級臺輛圖爾誰麼嗎樣沒實覺幫煩勞堅終讓準備劃減錢願幾萬號麗視劇聲飲飯蘋蝦種無與進遠邊屆貴憶輕專兩烏倉蘭廳諮壞孫層戲樓遊熱紹結見議許設訴識詞詢貨較運還遞隊順顏鸚鵡長銷裝錯決後嘍義灣廣慶島亞羅總寵隨陽險難氣吳婦腎腸雞賣變帶換棄筆鄉殺雖連鐘須顧騙傷倫傳衝債貸資賺虧窮賬賭療腫瘋產喪墳禱聖統選舉黨戰爭彈導轟煙獄審罰體稱課績論財幣費價貧戀屬賠稅簽責監違謀墮癮燒贍撫軌嬰鯨鯊鵝鴨鷹蟻蟲獅驢騾豬龍蝸蠅螞蟬鴿鶴鮮貝瘧癱癢瘡膽脈膚臉齒頸脅脫惡憂驚惱懷懸慘懲憤慣憐態懼門聞閃鬧悶閱陰際陸陳隱霧靜韓頁項頓頻顆額顫風饑餓饅駕駛罵驕驗麥齡齊購販賀賊賄貪讚贏躍踐蹤軀轉輝輔輩達遷邁遲遺鄧鄭醬釀釋針釣鋼鑰鐵鈴銅鋪鏈鎖鍋鋒錦鍵鎮鏡勁勢區協厲縣嚇啟嗚響啞喚嘯噴囑園圍圓塊壘牆壯壺處夾奪奮獎妝嬌娛寧寶寬賓寢尋壽將塵嘗盡崗峽帥帳庫廢異彎歸錄徹徑懺戶撲執擴掃揚擾搶報擔擁擇攔擋擠揮損撿據攜擺搖撐敵數齋舊曠顯曬曉暈暫權雜極構槍櫃欄樹橋橫殘毀畢湯溝淚潑澤潔灑淺澆濟渾濃濤潤漲淵漸漁溫濕滿滾滯濱潛滅燈靈災爐煉燭爛牽猶獨狹獵環瑪皺鹽盤睜磚碼礎禍積穩竊競簡籃類糧緊糾纖紗納紛紙紋線練組細織絨繪絡絕緒續繩維綿緩緣縫纏縮繳聯聰肅脹膠腳艦藝蘆蒼薦獲蓮營蕭蔥蔣藍虛銜補襯襖覽觸譽訓訝諷評詩誠誤誘諒謊謎謝譜負敗質貫賤賞賴軟載輸適邏郵閒闖階雛頌頗飾飽驟豐臨亂僅儀優偉偽俠侶偵側傾償儲興冊凍淨涼鳳憑擊劉則創劍剝辦勸";

/// A pattern that also fits where its letters are written the other way. An accent that must be there is written `\x{e9}` in it.
pub(super) fn widened(pattern: &str) -> String {
    let mut wide = String::with_capacity(pattern.len() * 2);
    for letter in pattern.chars() {
        match other(letter) {
            // A class is one within a class, too.
            Some(other) => wide.extend(['[', letter, other, ']']),
            None => wide.push(letter),
        }
    }
    wide
}

/// A word in the one way of writing that all others become, in small letters.
pub(crate) fn plain(word: &str) -> String {
    let word = word.to_lowercase();
    let word = if word.contains('œ') { Cow::Owned(word.replace('œ', "oe")) } else { Cow::Borrowed(&word) };
    word.chars().map(|letter| other(letter).unwrap_or(letter)).collect()
}

/// How else a letter of a pattern is written.
fn other(letter: char) -> Option<char> {
    if letter.is_ascii() {
        return None;
    }
    let accent = ACCENTS.iter().find(|(letters, _)| letters.contains(letter)).map(|(_, plain)| *plain);
    let traditional = || {
        let place = SIMPLIFIED.chars().position(|simplified| simplified == letter)?;
        TRADITIONAL.chars().nth(place)
    };
    accent.or_else(traditional).filter(|other| *other != letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_simplified_character_has_its_traditional_one() {
        assert_eq!(SIMPLIFIED.chars().count(), TRADITIONAL.chars().count());
        for (simplified, traditional) in
            [('妈', '媽'), ('轻', '輕'), ('认', '認'), ('饭', '飯'), ('现', '現')]
        {
            assert_eq!(other(simplified), Some(traditional));
        }
    }

    #[test]
    fn words_are_alike_however_they_are_written() {
        assert_eq!(plain("Sœur"), plain("soeur"));
        assert_eq!(plain("MÈRE"), plain("mere"));
        assert_eq!(plain("妈妈"), plain("媽媽"));
        let pattern = regex::Regex::new(&format!("(?i)^{}$", widened("[éiu]té|妈妈|marri\\x{e9}"))).unwrap();
        for fits in ["été", "ete", "Été", "媽妈", "ité", "marrié"] {
            assert!(pattern.is_match(fits), "{fits}");
        }
        assert!(!pattern.is_match("marrie"));
    }
}
