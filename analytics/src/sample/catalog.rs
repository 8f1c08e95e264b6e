//! The products of the sample company, and which are bought together.

/// A product.
pub(super) struct Product {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) category: &'static str,
    /// List price at the start, yen without tax.
    pub(super) price: u32,
    /// Cost, per cent of the price.
    pub(super) cost: u32,
    /// Consumption tax, per cent: food and drink 8, alcohol and the rest 10 (since 2019-10-01).
    pub(super) tax: u32,
    /// How popular it is with wholesale customers, consumers and business customers.
    pub(super) weights: [u32; 3],
    /// Position of the product bought with it, and how often per thousand.
    pub(super) partner: Option<(usize, u32)>,
    /// How the season changes its demand.
    pub(super) season: Season,
    /// Sold by weight: quantities have a fraction.
    pub(super) by_weight: bool,
    /// Advice for agents.
    pub(super) advice: &'static str,
}

/// How demand moves over the year.
#[derive(Clone, Copy)]
pub(super) enum Season {
    Level,
    Summer,
    Winter,
}

impl Season {
    /// Demand of a month, per cent of the usual.
    pub(super) fn demand(self, month: u32) -> u32 {
        const SUMMER: [u32; 12] = [60, 60, 75, 90, 110, 130, 170, 165, 115, 85, 65, 80];
        const WINTER: [u32; 12] = [115, 110, 95, 80, 70, 60, 60, 65, 85, 110, 135, 215];
        let at = (month as usize).saturating_sub(1) % 12;
        match self {
            Self::Level => 100,
            Self::Summer => SUMMER[at],
            Self::Winter => WINTER[at],
        }
    }
}

macro_rules! products {
    ($($code:literal $name:literal $category:literal $price:literal $cost:literal $tax:literal
       [$w:literal $d:literal $c:literal] $partner:expr, $season:ident $by_weight:literal $advice:literal;)+) => {
        &[$(Product { code: $code, name: $name, category: $category, price: $price, cost: $cost, tax: $tax,
            weights: [$w, $d, $c], partner: $partner, season: Season::$season, by_weight: $by_weight,
            advice: $advice }),+]
    };
}

/// The products. Partners are given by position.
pub(super) const PRODUCTS: &[Product] = products! {
    "P0001" "純米吟醸 雪の里 720ml" "日本酒" 1480 68 10 [40 22 30] Some((30, 300)), Winter false "要冷蔵。開栓後は早めに";
    "P0002" "特別純米 山の瀬 1.8L" "日本酒" 2650 70 10 [45 8 40] Some((31, 250)), Winter false "";
    "P0003" "本醸造 いろは 1.8L" "日本酒" 1780 72 10 [50 5 45] None, Winter false "";
    "P0004" "大吟醸 花暦 720ml 桐箱" "日本酒" 4800 62 10 [12 12 6] Some((34, 500)), Winter false "のし対応可";
    "P0005" "芋焼酎 黒霧島の郷 1.8L" "焼酎" 1690 73 10 [42 8 48] Some((20, 450)), Level false "";
    "P0006" "麦焼酎 麦の音 720ml" "焼酎" 980 71 10 [30 14 28] Some((20, 400)), Level false "";
    "P0007" "米焼酎 球磨の月 900ml" "焼酎" 1150 70 10 [18 6 14] None, Level false "";
    "P0008" "ラガービール 350ml×24" "ビール" 4320 82 10 [70 20 55] Some((31, 350)), Summer false "";
    "P0009" "生ビール樽 15L" "ビール" 6900 84 10 [10 0 70] Some((35, 300)), Summer false "空樽の回収を確認";
    "P0010" "クラフトビール IPA 330ml×12" "ビール" 4200 66 10 [16 18 14] Some((30, 380)), Summer false "";
    "P0011" "発泡酒 350ml×24" "ビール" 2880 83 10 [55 12 12] None, Summer false "";
    "P0012" "ノンアルコールビール 350ml×24" "ビール" 2400 76 8 [22 14 24] None, Summer false "軽減税率";
    "P0013" "赤ワイン 甲州の丘 750ml" "ワイン" 1320 64 10 [22 16 32] Some((32, 480)), Winter false "";
    "P0014" "白ワイン 甲州の丘 750ml" "ワイン" 1320 64 10 [20 15 30] Some((32, 420)), Level false "";
    "P0015" "スパークリング 750ml" "ワイン" 1680 63 10 [14 12 22] Some((32, 300)), Winter false "";
    "P0016" "梅酒 紀州の里 720ml" "リキュール" 1240 66 10 [20 14 20] Some((20, 300)), Summer false "";
    "P0017" "柚子酒 500ml" "リキュール" 1080 65 10 [10 14 8] None, Level false "";
    "P0018" "ウイスキー 樽香 700ml" "洋酒" 2380 74 10 [26 14 30] Some((20, 550)), Level false "";
    "P0019" "緑茶 2L×6" "飲料" 720 70 8 [48 26 36] None, Summer false "軽減税率";
    "P0020" "天然水 2L×6" "飲料" 540 68 8 [50 34 34] None, Summer false "軽減税率";
    "P0021" "強炭酸水 500ml×24" "飲料" 1560 66 8 [36 20 44] None, Summer false "軽減税率";
    "P0022" "りんごジュース 1L×6" "飲料" 1620 69 8 [20 16 18] None, Level false "軽減税率";
    "P0023" "コーヒー豆 深煎り 1kg" "飲料" 2100 60 8 [12 14 40] Some((38, 520)), Level false "軽減税率。焙煎日を案内";
    "P0024" "濃口醤油 1.8L" "調味料" 680 65 8 [34 12 46] Some((25, 350)), Level false "軽減税率";
    "P0025" "本みりん 1.8L" "調味料" 890 68 10 [26 6 38] None, Level false "酒類扱い(10%)";
    "P0026" "合わせ味噌 1kg" "調味料" 520 62 8 [24 14 34] None, Winter false "軽減税率";
    "P0027" "米酢 1.8L" "調味料" 610 63 8 [16 5 26] None, Level false "軽減税率";
    "P0028" "サラダ油 16.5kg" "調味料" 5400 80 8 [8 0 46] None, Level false "軽減税率。価格改定に注意";
    "P0029" "こしひかり 精米" "食品" 520 78 8 [20 10 38] Some((25, 200)), Level true "kg単位。軽減税率";
    "P0030" "黒毛和牛 切落し" "食品" 3800 74 8 [4 8 22] Some((23, 260)), Winter true "kg単位。要冷蔵。軽減税率";
    "P0031" "燻製ナッツ 500g" "食品" 1180 55 8 [20 22 22] None, Level false "軽減税率。アレルギー表示";
    "P0032" "柿の種 業務用 1kg" "食品" 760 58 8 [28 14 30] None, Level false "軽減税率";
    "P0033" "ナチュラルチーズ 1kg" "食品" 2280 66 8 [10 14 30] None, Level false "要冷蔵。軽減税率";
    "P0034" "海鮮珍味セット" "食品" 1980 57 8 [10 20 10] None, Winter false "軽減税率";
    "P0035" "ギフト箱・包装" "日用品" 280 40 10 [14 26 4] None, Winter false "のし・名入れの確認";
    "P0036" "炭酸ガスボンベ 5kg" "業務用品" 3200 60 10 [0 0 30] None, Summer false "空ボンベの回収";
    "P0037" "割り箸 100膳×30" "業務用品" 1650 52 10 [8 0 34] None, Level false "";
    "P0038" "食器用洗剤 4L" "日用品" 980 55 10 [12 6 36] None, Level false "";
    "P0039" "紙コップ 100個×20" "業務用品" 1420 50 10 [6 2 26] None, Level false "";
    "P0040" "ハンドソープ 詰替 4L" "日用品" 1680 54 10 [8 6 28] Some((37, 300)), Level false "敏感肌の方には低刺激タイプを案内";
};
