//! ランクマスター: the company's own ranks, the best first.

use super::{Column, ColumnKind, Dataset};
use crate::message::Label;

/// ランクマスター.
pub static RANKS: Dataset = Dataset {
    name: "ranks",
    table: "rank_master",
    title_ja: "ランクマスター",
    description: Label::new(
        "自社の顧客ランクとその順序、表示色",
        "The company's own customer ranks, their order and their colours.",
    ),
    columns: COLUMNS,
    key: &["rank"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[],
};

const COLUMNS: &[Column] = &[
    Column::new("rank", "ランク", "rank", ColumnKind::Code)
        .required()
        .alias(&["ランク名", "顧客ランク"])
        .about("ランクの名称(例: 特A)", "Name of the rank, such as 特A."),
    Column::new("position", "順位", "position", ColumnKind::Integer)
        .required()
        .alias(&["表示順", "並び順"])
        .about("上位から 1、2、3 …(重複不可)", "1 is the best, then 2, 3 …; each once."),
    Column::new("color", "表示色", "colour", ColumnKind::Color).alias(&["色", "カラー"]).about(
        "ポップアップでのランクの色。空欄は順位ごとの既定の色",
        "Colour of the rank on pop-ups; empty is the default of its place.",
    ),
];
