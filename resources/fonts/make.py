"""Makes the bundled fonts from their published sources; needed only to renew them.

    pip install fonttools==4.68.0
    npm pack pretendard@1.3.9 @expo-google-fonts/jetbrains-mono@0.4.1      (then unpack both)
    python3 make.py DIR_OF_PRETENDARD DIR_OF_JETBRAINS_MONO

Pretendard's figures are proportional and its tabular ones are an OpenType feature (tnum), which egui does not apply. Numbers in
tables must align, so the tabular glyphs become the default here; glyph names, alternates and contextual features, which nothing
uses, are dropped. "Pretendard" is a Reserved Font Name: the modified fonts are called Fairlake Sans, as its licence asks.
JetBrains Mono reserves no name; it only loses its ligatures, so that an operator reads as it is typed.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent


def tabular(font):
    gsub = font["GSUB"].table
    swap = {}
    for record in gsub.FeatureList.FeatureRecord:
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for table in gsub.LookupList.Lookup[index].SubTable:
                    swap.update(getattr(table, "ExtSubTable", table).mapping)
    for table in font["cmap"].tables:
        if hasattr(table, "cmap"):
            for code in range(ord("0"), ord("9") + 1):
                if code in table.cmap:
                    table.cmap[code] = swap.get(table.cmap[code], table.cmap[code])


def rename(font, family, style):
    names = font["name"]
    licence = names.getDebugName(13)
    copyright_line = names.getDebugName(0)
    vendor_url = names.getDebugName(11)
    names.names = []
    values = {
        0: f"{copyright_line}. {family} is a modified version of Pretendard.",
        1: family if style == "Regular" else f"{family} {style}",
        2: "Regular",
        3: f"{family} {style} 1.0",
        4: f"{family} {style}",
        5: "Version 1.0",
        6: f"{family.replace(' ', '')}-{style}",
        11: vendor_url,
        13: licence,
        14: "https://scripts.sil.org/OFL",
        16: family,
        17: style,
    }
    for name_id, text in values.items():
        if text:
            names.setName(text, name_id, 3, 1, 0x409)


def shrink(font, features):
    options = subset.Options()
    options.layout_features = features
    options.glyph_names = False
    options.notdef_outline = True
    options.name_IDs = ["*"]
    options.drop_tables += ["DSIG"]
    codes = {code for code in font.getBestCmap() if not (0xE000 <= code <= 0xF8FF or code >= 0xF0000)}
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)


def main(pretendard, jetbrains):
    for style, name in (("Regular", "ui-regular"), ("SemiBold", "ui-semibold")):
        font = TTFont(next(Path(pretendard).rglob(f"Pretendard-{style}.ttf")), recalcTimestamp=False)
        tabular(font)
        shrink(font, ["ccmp", "locl", "kern", "mark", "mkmk"])
        rename(font, "Fairlake Sans", style)
        font.save(HERE / f"{name}.ttf")
    font = TTFont(next(Path(jetbrains).rglob("JetBrainsMono_400Regular.ttf")), recalcTimestamp=False)
    shrink(font, ["ccmp", "locl", "mark", "mkmk"])
    font.save(HERE / "mono-regular.ttf")


main(*sys.argv[1:])
