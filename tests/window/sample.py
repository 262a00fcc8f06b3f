"""The sample from end to end in Korean, light and at 150%; settings that stay; a broken settings file that is set aside."""
import json
import os
import pathlib

from window import Window

SETTINGS = pathlib.Path(os.environ["XDG_CONFIG_HOME"]) / "fairlake" / "settings.json"


def main():
    window = Window()
    window.press("Settings", role="push button")
    window.press("Light", role="radio button", exact=True)
    window.press("한국어", role="radio button", exact=True)
    window.wait("테마", exact=True)
    window.press("닫기", role="push button", exact=True)
    for _ in range(5):
        window.keys("ctrl+plus")
    window.shot("30-korean")
    window.press("샘플로 시작", role="push button")
    window.wait("균형을 맞추고 다시 측정했습니다", seconds=120)
    window.shot("31-sample")
    window.press("닫기", role="push button", exact=True)
    for number, tab in enumerate(("카탈로그", "쿼리", "편향"), 32):
        window.press(tab, role="page tab", exact=True)
        window.shot(f"{number}-tab")
    window.close()
    kept = json.loads(SETTINGS.read_text())
    assert (kept["locale"], kept["theme"], round(kept["zoom"], 1)) == ("korean", "light", 1.5), kept
    again = Window()
    again.wait("수집", role="page tab", exact=True)
    again.close()
    SETTINGS.write_text('{"theme": ')
    broken = Window()
    broken.wait("could not be read and was set aside")
    broken.shot("35-set-aside")
    broken.close()
    assert SETTINGS.with_suffix(".json.broken").read_text() == '{"theme": ', "the broken file is kept"


main()
