//! Charts as files: SVG, PNG, PDF and the plotted numbers.

use std::path::Path;

use super::dispatch::Context;
use super::job::Done;
use super::{failure, files};
use crate::chart::{Chart, Theme, csv, ideal_size, layout, svg};
use crate::message::{ChartFormat, Event};
use crate::model::Failure;
use crate::report::render::{self, FontMeasure};

/// The width of an exported chart in points.
const WIDTH: f64 = 640.0;

/// Writes a chart to a file.
pub(super) async fn export(context: &Context, chart: &Chart, format: ChartFormat, dpi: u32, path: &Path) -> Done {
    let (chart, target) = (chart.clone(), path.to_owned());
    context.job.blocking(move || write(&chart, format, dpi, &target)).await??;
    context.job.tell(Event::Exported { paths: vec![path.to_owned()] }).await;
    Ok(())
}

/// Writes a chart to a file, on this thread.
pub(super) fn write(chart: &Chart, format: ChartFormat, dpi: u32, path: &Path) -> Result<(), Failure> {
    let bytes = match format {
        ChartFormat::Svg => picture(chart).into_bytes(),
        ChartFormat::Png => render::png(&picture(chart), dpi)?,
        ChartFormat::Pdf => render::pdf(&picture(chart))?,
        ChartFormat::Csv => csv(chart).into_bytes(),
    };
    files::replace_with(path, &bytes).map_err(|error| failure::file(path, &error))
}

/// The chart as SVG, on white, as high as it needs to be.
fn picture(chart: &Chart) -> String {
    let measure = FontMeasure::bundled();
    svg(&layout(chart, ideal_size(chart, WIDTH, &measure), Theme::Light, &measure))
}
