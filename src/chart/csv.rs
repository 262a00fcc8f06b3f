//! The plotted numbers as CSV (RFC 4180), in full precision.

use crate::chart::spec::{Axes, Chart, Figure, Kind, Series};

/// The plotted numbers as CSV with a header, in the order of the picture. Numbers are plain: no separators, a point before decimals.
#[must_use]
pub fn csv(chart: &Chart) -> String {
    let mut out = Table::default();
    match &chart.kind {
        Kind::Bars(spec) => {
            out.series(&spec.axes, &spec.categories, &spec.series, &spec.ordered());
        }
        Kind::Lines(spec) => {
            let order: Vec<usize> = (0..spec.categories.len()).collect();
            out.series(&spec.axes, &spec.categories, &spec.series, &order);
        }
        Kind::Shares(spec) => {
            let amount = |series: &Series, at: usize| series.figures.get(at).and_then(|figure| figure.value).unwrap_or(0.0).max(0.0);
            let total = |at: usize| spec.series.iter().map(|series| amount(series, at)).sum::<f64>();
            let share = |series: &Series, at: usize| if total(at) > 0.0 { amount(series, at) / total(at) } else { 0.0 };
            let order = spec.order.of(spec.categories.len(), |at| Some(share(spec.series.first()?, at)));
            let mut head = vec![name(&spec.category_axis, "category")];
            for series in &spec.series {
                head.push(series.name.clone());
                head.push(format!("{} share", series.name));
            }
            out.row(&head);
            for at in order {
                let mut row = vec![spec.categories.get(at).cloned().unwrap_or_default()];
                for series in &spec.series {
                    row.push(amount(series, at).to_string());
                    row.push(share(series, at).to_string());
                }
                out.row(&row);
            }
        }
        Kind::Histogram(spec) => {
            out.row(&["from".to_owned(), "to".to_owned(), name(&spec.count_axis, "count")]);
            for (ends, count) in spec.edges.windows(2).zip(&spec.counts) {
                out.row(&ends.iter().map(ToString::to_string).chain([count.to_string()]).collect::<Vec<_>>());
            }
        }
        Kind::HeatMap(spec) => {
            let mut head = vec![name(&spec.row_axis, "row")];
            head.extend(spec.columns.iter().cloned());
            out.row(&head);
            for (row, cells) in spec.rows.iter().zip(&spec.cells) {
                let mut fields = vec![row.clone()];
                fields.extend(cells.iter().map(|cell| number(cell.value)));
                out.row(&fields);
            }
        }
    }
    out.text
}

fn name(given: &str, otherwise: &str) -> String {
    if given.is_empty() { otherwise.to_owned() } else { given.to_owned() }
}

fn number(value: Option<f64>) -> String {
    value.filter(|value| !value.is_nan()).map(|value| value.to_string()).unwrap_or_default()
}

#[derive(Default)]
struct Table {
    text: String,
}

impl Table {
    fn row(&mut self, fields: &[String]) {
        for (at, field) in fields.iter().enumerate() {
            if at > 0 {
                self.text.push(',');
            }
            if field.contains(['"', ',', '\r', '\n']) {
                self.text.push('"');
                self.text.push_str(&field.replace('"', "\"\""));
                self.text.push('"');
            } else {
                self.text.push_str(field);
            }
        }
        self.text.push_str("\r\n");
    }

    /// A row a category: the value of each series, and the ends of its interval where any has one.
    fn series(&mut self, axes: &Axes, categories: &[String], series: &[Series], order: &[usize]) {
        let uncertain = |one: &Series| one.figures.iter().any(|figure| figure.interval.is_some());
        let mut head = vec![name(&axes.category_axis, "category")];
        for one in series {
            let title = name(&one.name, &name(&axes.value_axis, "value"));
            head.push(title.clone());
            if uncertain(one) {
                head.extend([format!("{title} low"), format!("{title} high")]);
            }
        }
        self.row(&head);
        let none = Figure::default();
        for &at in order {
            let mut row = vec![categories.get(at).cloned().unwrap_or_default()];
            for one in series {
                let figure = one.figures.get(at).unwrap_or(&none);
                row.push(number(figure.value));
                if uncertain(one) {
                    row.push(number(figure.interval.map(|[low, _]| low)));
                    row.push(number(figure.interval.map(|[_, high]| high)));
                }
            }
            self.row(&row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::numbers::Format;
    use crate::chart::spec::{Bars, Direction, Order, Shares};

    fn chart(kind: Kind) -> Chart {
        Chart { title: String::new(), subtitle: String::new(), footer: String::new(), kind }
    }

    #[test]
    fn bars_come_in_the_order_of_the_picture_and_quoted() {
        let mut bars = Bars::of(Direction::Horizontal, Format::Number, [("a, \"b\"", 1.5), ("c\nd", 2.0)]);
        bars.order = Order::Descending;
        bars.series[0].figures[0].interval = Some([1.0, 1.75]);
        assert_eq!(csv(&chart(Kind::Bars(bars))), "category,value,value low,value high\r\n\"c\nd\",2,,\r\n\"a, \"\"b\"\"\",1.5,1,1.75\r\n");
    }

    #[test]
    fn shares_come_with_their_amounts() {
        let series = vec![Series::of("yes", [3.0, 0.0]), Series::of("no", [1.0, 0.0])];
        let shares = Shares { categories: vec!["x".into(), "y".into()], series, ..Shares::default() };
        assert_eq!(csv(&chart(Kind::Shares(shares))), "category,yes,yes share,no,no share\r\nx,3,0.75,1,0.25\r\ny,0,0,0,0\r\n");
    }
}
