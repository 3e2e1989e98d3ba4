"""Writes src/report/export/fonts/: DejaVu from the npm package dejavu-fonts-ttf, cut down to what reports are written in.

`make fonts` runs it. Left are the letters of Latin, Greek and Cyrillic, punctuation, arrows, and some signs; outlines that are
made of others are made their own, so that a PDF can leave out the outlines of letters that it does not have and keep the
numbers of the rest. Hints, kerning and names of glyphs are left out.
"""

import shutil
import sys
from pathlib import Path

from fontTools import subset
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

PACKAGE = Path(__file__).parent / "node_modules/dejavu-fonts-ttf"
TARGET = Path(__file__).parent / "../../src/report/export/fonts"
FONTS = {"DejaVuSans.ttf": "sans.ttf", "DejaVuSans-Bold.ttf": "bold.ttf", "DejaVuSansMono.ttf": "mono.ttf"}

LETTERS = [
    *range(0x20, 0x7F), *range(0xA0, 0x180), 0x192, *range(0x218, 0x21C), *range(0x386, 0x3CF), *range(0x400, 0x460),
    0x490, 0x491, *range(0x1E80, 0x1E86), 0x1E9E, *range(0x2010, 0x2016), *range(0x2018, 0x201F), *range(0x2020, 0x2023), 0x2026,
    0x2030, 0x2039, 0x203A, 0x2044, 0x20AC, 0x2116, 0x2122, *range(0x2190, 0x2196), *range(0x2212, 0x2213), 0x2248, 0x2260, 0x2264,
    0x2265, 0x25A0, 0x25B2, 0x25C6, 0x25CB, 0x25CF, 0x2713, 0x2715, 0xFFFD,
]


def cut(source: Path, target: Path) -> None:
    options = subset.Options(hinting=False, layout_features=[], glyph_names=False, notdef_outline=True, name_IDs=[0, 1, 2, 13])
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "kern", "FFTM", "gasp", "DSIG"]
    font = TTFont(source, recalcTimestamp=False)
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=LETTERS)
    chosen.subset(font)
    glyphs = font.getGlyphSet()
    for name in font.getGlyphOrder():
        if font["glyf"][name].isComposite():
            drawn = DecomposingRecordingPen(glyphs)
            glyphs[name].draw(drawn)
            outline = TTGlyphPen(None)
            drawn.replay(outline)
            font["glyf"][name] = outline.glyph()
    font.save(target)
    print(f"{target.name}: {font['maxp'].numGlyphs} glyphs, {target.stat().st_size:,} bytes")


if not PACKAGE.is_dir():
    sys.exit("dejavu-fonts-ttf is not here: npm ci --prefix tests/bench")
TARGET.mkdir(exist_ok=True)
for source, target in FONTS.items():
    cut(PACKAGE / "ttf" / source, TARGET / target)
shutil.copy(PACKAGE / "LICENSE", TARGET / "LICENSE")
