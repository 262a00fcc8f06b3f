//! The sample: product reviews of our own making, the same on every computer, imbalanced on purpose.
//!
//! Categories differ in size by a factor of thirty, shoes and the oldest customers rate lower, and two fifths of the reviews are in Korean.
//! No value holds a comma, a quote or a line break, so that every reader of the catalogue reads it alike.

use std::io::{self, Write};

use chrono::{Days, NaiveDate};
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How many reviews there are.
pub const ROWS: u64 = 5000;

/// The names of the columns.
pub const COLUMNS: [&str; 10] =
    ["review_id", "rating", "product_category", "age_group", "region", "gender", "language", "verified", "review_date", "review_body"];

const SEED: u64 = 2021;

/// Categories with their share in 1,000, what reviewers call the thing in English and Korean, and how its ratings lean.
const CATEGORIES: [(&str, u32, &str, &str, f64); 8] = [
    ("Tops", 300, "top", "상의", 0.1),
    ("Dresses", 250, "dress", "원피스", 0.0),
    ("Knitwear", 170, "sweater", "니트", 0.2),
    ("Trousers", 120, "pair of trousers", "바지", 0.0),
    ("Outerwear", 80, "coat", "코트", 0.1),
    ("Shoes", 50, "pair of shoes", "신발", -1.1),
    ("Bags", 20, "bag", "가방", -0.2),
    ("Swimwear", 10, "swimsuit", "수영복", -0.5),
];

/// Age groups with their share in 1,000 and how they rate.
const AGES: [(&str, u32, f64); 6] =
    [("18-24", 140, 0.1), ("25-34", 310, 0.1), ("35-44", 260, 0.0), ("45-54", 160, 0.0), ("55-64", 90, -0.1), ("65+", 40, -0.7)];

const REGIONS: [(&str, u32); 6] = [("Seoul", 420), ("Gyeonggi", 250), ("Busan", 130), ("Daegu", 90), ("Gwangju", 70), ("Jeju", 40)];

const GENDERS: [(&str, u32); 3] = [("female", 740), ("male", 220), ("unspecified", 40)];

const OPENINGS: [&str; 6] = [
    "I bought this {} last month.",
    "My second {} from this shop.",
    "Ordered this {} for a trip.",
    "This {} was a gift.",
    "I had looked for such a {} for long.",
    "I saw this {} online and had to try it.",
];

const GOOD: [&str; 8] = [
    "The fit is perfect and the fabric feels soft.",
    "The colour is exactly as in the picture.",
    "It is comfortable all day and washes well.",
    "Friends keep asking me where I got it.",
    "Great quality for the price.",
    "It looks even better than I hoped.",
    "Delivery was quick and the size is right.",
    "I will certainly buy another one.",
];

const MIXED: [&str; 5] = [
    "It is fine but nothing special.",
    "The material is nice but the cut is odd.",
    "I like the colour and not the length.",
    "It runs a little large.",
    "Good for the price though the seams could be neater.",
];

const BAD: [&str; 7] = [
    "It fell apart after two weeks.",
    "The size is far too small and the return took ages.",
    "The colour faded in the first wash.",
    "It hurts after an hour and I cannot wear it.",
    "The fabric is thin and scratchy.",
    "Not at all like the picture.",
    "I sent it back.",
];

const OPENINGS_KO: [&str; 5] = [
    "지난달에 {} 주문했어요.",
    "이 매장에서 {} 구매는 두 번째입니다.",
    "여행 가려고 {} 구매했습니다.",
    "{} 선물로 받았어요.",
    "오래 고민하다가 {} 골랐습니다.",
];

const GOOD_KO: [&str; 7] = [
    "핏이 딱 맞고 원단이 부드러워요.",
    "색상이 사진과 똑같아서 만족합니다.",
    "하루 종일 입어도 편하고 세탁 후에도 그대로예요.",
    "가격 대비 품질이 훌륭합니다.",
    "배송도 빠르고 사이즈도 정확해요.",
    "주변에서 어디서 샀냐고 자꾸 물어봐요.",
    "다음에 또 구매할 생각입니다.",
];

const MIXED_KO: [&str; 4] =
    ["무난하지만 특별하지는 않아요.", "소재는 좋은데 재단이 아쉬워요.", "조금 크게 나온 편입니다.", "가격을 생각하면 괜찮은 정도예요."];

const BAD_KO: [&str; 6] = [
    "이 주 만에 실밥이 다 풀렸어요.",
    "사이즈가 너무 작고 반품도 오래 걸렸습니다.",
    "첫 세탁에 색이 빠졌어요.",
    "한 시간만 지나도 불편해서 못 쓰겠어요.",
    "원단이 얇고 거칠어요.",
    "사진과 전혀 달라서 반품했습니다.",
];

const CLOSINGS: [&str; 4] = ["Recommended.", "Thank you.", "See for yourself.", "That is all."];
const CLOSINGS_KO: [&str; 4] = ["추천합니다.", "감사합니다.", "참고하세요.", "잘 쓰겠습니다."];

/// Writes the sample as CSV with a header, UTF-8 and LF. Every call writes the same bytes.
///
/// # Errors
/// Whatever the writer says.
pub fn write(out: &mut impl Write) -> io::Result<()> {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    writeln!(out, "{}", COLUMNS.join(","))?;
    for id in 1..=ROWS {
        writeln!(out, "{id},{}", review(&mut random))?;
    }
    out.flush()
}

fn review(random: &mut ChaCha8Rng) -> String {
    let of_category = draw(random, CATEGORIES.iter().map(|entry| entry.1));
    let (category, _, thing, thing_ko, lean) = CATEGORIES.get(of_category).copied().unwrap_or_default();
    let of_age = draw(random, AGES.iter().map(|entry| entry.1));
    let (age, _, by_age) = AGES.get(of_age).copied().unwrap_or_default();
    let of_region = draw(random, REGIONS.iter().map(|entry| entry.1));
    let (region, _) = REGIONS.get(of_region).copied().unwrap_or_default();
    let of_gender = draw(random, GENDERS.iter().map(|entry| entry.1));
    let (gender, _) = GENDERS.get(of_gender).copied().unwrap_or_default();
    let rating = rating(random, lean + by_age);
    let korean = random.random_bool(0.4);
    let verified = random.random_bool(0.85);
    let day = NaiveDate::from_ymd_opt(2023, 1, 1).and_then(|first| first.checked_add_days(Days::new(random.random_range(0..730))));
    let day = day.unwrap_or_default();
    let (language, body) = if korean { ("ko", body_ko(random, thing_ko, rating)) } else { ("en", body_en(random, thing, rating)) };
    format!("{rating},{category},{age},{region},{gender},{language},{verified},{day},{body}")
}

/// The place of one of some weights, drawn by them.
fn draw(random: &mut ChaCha8Rng, weights: impl Iterator<Item = u32> + Clone) -> usize {
    let all: u32 = weights.clone().sum();
    let mut at = random.random_range(0..all.max(1));
    weights
        .take_while(|weight| match at.checked_sub(*weight) {
            Some(rest) => {
                at = rest;
                true
            }
            None => false,
        })
        .count()
}

/// A rating around 4.1, moved by what leans on it: most reviewers are pleased, few are in between.
fn rating(random: &mut ChaCha8Rng, lean: f64) -> u8 {
    let mood: f64 = (0..4).map(|_| random.random_range(-1.0..1.0)).sum::<f64>() * 1.05 + 4.25 + lean;
    match mood {
        mood if mood < 1.8 => 1,
        mood if mood < 2.6 => 2,
        mood if mood < 3.3 => 3,
        mood if mood < 4.2 => 4,
        _ => 5,
    }
}

fn body_en(random: &mut ChaCha8Rng, thing: &str, rating: u8) -> String {
    body(random, rating, (&OPENINGS, thing), [&BAD, &MIXED, &GOOD], &CLOSINGS)
}

fn body_ko(random: &mut ChaCha8Rng, thing: &str, rating: u8) -> String {
    body(random, rating, (&OPENINGS_KO, thing), [&BAD_KO, &MIXED_KO, &GOOD_KO], &CLOSINGS_KO)
}

/// An opening, one to three sentences of the rating's mood, and sometimes a closing.
fn body(random: &mut ChaCha8Rng, rating: u8, opening: (&[&str], &str), moods: [&[&str]; 3], closings: &[&str]) -> String {
    let [bad, mixed, good] = moods;
    let mood = match rating {
        1 | 2 => bad,
        3 => mixed,
        _ => good,
    };
    let mut sentences = Vec::new();
    if random.random_bool(0.8) {
        sentences.extend(opening.0.choose(random).map(|opening_text| opening_text.replace("{}", opening.1)));
    }
    let many = random.random_range(1..=3);
    sentences.extend(mood.choose_multiple(random, many).map(|sentence| (*sentence).to_owned()));
    if random.random_bool(0.3) {
        sentences.extend(closings.choose(random).map(|closing| (*closing).to_owned()));
    }
    sentences.join(" ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn rows() -> Vec<Vec<String>> {
        let mut text = Vec::new();
        write(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
    }

    #[test]
    fn the_sample_is_the_same_every_time_and_reads_without_quotes() {
        let (mut first, mut second) = (Vec::new(), Vec::new());
        write(&mut first).unwrap();
        write(&mut second).unwrap();
        assert_eq!(first, second);
        assert!(!first.contains(&b'"') && !first.contains(&b'\r'));
        let rows = rows();
        assert_eq!(rows.len() as u64, ROWS);
        assert!(rows.iter().all(|row| row.len() == COLUMNS.len() && row.iter().all(|value| !value.is_empty())));
    }

    #[test]
    fn it_is_imbalanced_on_purpose() {
        let mut by_category: BTreeMap<String, (u32, u32)> = BTreeMap::new();
        for row in rows() {
            let rating: u32 = row[1].parse().unwrap();
            assert!((1..=5).contains(&rating));
            let entry = by_category.entry(row[2].clone()).or_default();
            entry.0 += 1;
            entry.1 += rating;
        }
        assert_eq!(by_category.len(), CATEGORIES.len());
        let mean = |name: &str| f64::from(by_category[name].1) / f64::from(by_category[name].0);
        assert!(by_category["Tops"].0 > 20 * by_category["Swimwear"].0);
        assert!(mean("Shoes") + 0.5 < mean("Tops"), "{} {}", mean("Shoes"), mean("Tops"));
        // Every category has every sentiment, so that balancing keeps them all.
        let mut cells: BTreeMap<(String, u8), u32> = BTreeMap::new();
        for row in rows() {
            let sentiment = match row[1].as_str() {
                "1" | "2" => 0,
                "3" => 1,
                _ => 2,
            };
            *cells.entry((row[2].clone(), sentiment)).or_default() += 1;
        }
        assert_eq!(cells.len(), CATEGORIES.len() * 3);
        assert!(cells.values().all(|rows| *rows >= 5), "{cells:?}");
    }
}
