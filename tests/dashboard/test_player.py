"""The player shows exactly the pixels and numbers it was given: what is packed in Python must come back unchanged."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import tomllib
from pathlib import Path

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import dashboard.components
from dashboard.components.packing import split
from dashboard.components.player import Curve, Mark, PlayerData, PlayerEvent, Tile, pack
from dashboard.kit.colours import ROLES, SCHEMES, text_colour

T = 6
FOLDER = Path(dashboard.components.__file__).parent


def noise(size: int, frames: int = T) -> np.ndarray:
    return np.random.default_rng(size).integers(0, 256, (frames, size, size, 3), dtype=np.uint8)


def gradient(size: int, frames: int) -> np.ndarray:
    ramp = np.linspace(0, 255, size, dtype=np.uint8)
    picture = np.stack(np.broadcast_arrays(ramp[:, None], ramp[None, :], np.uint8(90)), axis=-1)
    return np.repeat(picture[None], frames, axis=0)


def tile(**changes: object) -> Tile:
    given = {"title": "pixels", "subtitle": "pixels fed back", "role": "pixel", "frames": noise(64)} | changes
    return Tile(**given)


def film(*tiles: Tile, **changes: object) -> PlayerData:
    return PlayerData(**({"tiles": tiles or (tile(),), "fps": 10.0, "context": 2} | changes))


def pictures(packed: bytes, index: int) -> list[np.ndarray]:
    header, payload = split(packed)
    images = header["tiles"][index]["images"]
    at, found = images["start"], []
    for size in images["sizes"]:
        decoded = cv2.imdecode(np.frombuffer(payload[at : at + size], np.uint8), cv2.IMREAD_COLOR)
        found.append(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB))
        at += size
    return found


def test_small_frames_come_back_pixel_by_pixel() -> None:
    first, second = noise(64), noise(128)
    packed = pack(film(tile(frames=first), tile(frames=second)))
    assert np.array_equal(pictures(packed, 0), first)
    assert np.array_equal(pictures(packed, 1), second)


def test_large_frames_keep_their_colours() -> None:
    frames = gradient(256, T)
    header, _ = split(pack(film(tile(frames=frames))))
    decoded = np.array(pictures(pack(film(tile(frames=frames))), 0))
    assert header["tiles"][0]["images"]["type"] == "image/jpeg"
    assert np.abs(decoded.astype(int) - frames).mean() < 2  # a swap of red and blue would be far off


def test_payload_is_used_to_the_last_byte() -> None:
    header, payload = split(pack(film(tile(), tile(frames=noise(32)))))
    assert sum(sum(t["images"]["sizes"]) for t in header["tiles"]) == len(payload)


def test_header_says_what_the_film_says() -> None:
    curve = Curve("latents", "latent", "dash", np.arange(T) / 10)
    packed = pack(
        film(events=(PlayerEvent(3, "bounce <b>", "truth"),), curves=(curve,), curve_title="Wörter", curve_unit="w")
    )
    header, _ = split(packed)
    assert (header["frames"], header["context"], header["fps"]) == (T, 2, 10.0)
    assert header["events"] == [{"frame": 3, "label": "bounce <b>", "role": "truth"}]
    assert header["curve_title"] == "Wörter"
    assert header["curves"][0]["values"] == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]
    assert set(header["colors"]["dark"]) == set(ROLES)


def test_unknown_numbers_become_null() -> None:
    values = np.array([np.nan, np.nan, 0.04, np.inf, 1.0, 2.0])
    xy = np.full((T, 2), np.nan)
    xy[3] = 0.25, 0.75
    header, _ = split(pack(film(tile(values=values, unit="dB", marks=(Mark("cross", "pixel", xy, "read-out"),)))))
    packed = header["tiles"][0]
    assert packed["values"] == [None, None, 0.04, None, 1.0, 2.0]
    assert packed["marks"][0]["x"] == [None, None, None, 0.25, None, None]
    assert packed["marks"][0]["y"][3] == 0.75


def test_only_models_predict() -> None:
    header, _ = split(pack(film(*(tile(role=role) for role in ("truth", "violation", "pixel", "latent", "baseline")))))
    assert [t["predicted"] for t in header["tiles"]] == [False, False, True, True, True]


def test_digest_changes_with_content_only() -> None:
    a, b, c = (split(pack(film(tile(frames=f))))[0]["id"] for f in (noise(64), noise(64), noise(32)))
    assert a == b != c


def test_a_film_is_encoded_once() -> None:
    kept = film()
    assert kept.packed is kept.packed == pack(kept)


def test_a_usual_film_is_small() -> None:
    usual = film(tile(frames=gradient(512, 20)), tile(frames=gradient(64, 20)), tile(frames=gradient(64, 20)))
    assert len(pack(usual)) < 1_500_000


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: PlayerData((), 10.0), "at least one tile"),
        (lambda: film(tile(), tile(frames=noise(64, T + 1))), "same number of frames"),
        (lambda: film(tile(frames=noise(64).astype(float))), "uint8"),
        (lambda: film(tile(frames=noise(64)[:, :32])), "square"),
        (lambda: film(tile(frames=noise(64)[:0])), "at least 1"),
        (lambda: film(tile(frames=[[1, 2], [3, 4]])), "square uint8"),
        (lambda: film(tile(role="jepa")), "colour role 'jepa'"),
        (lambda: film(tile(values=np.zeros(T + 1))), "shape [6]"),
        (lambda: film(tile(marks=(Mark("cross", "pixel", np.zeros((T, 3)), "x"),))), "shape [6, 2]"),
        (lambda: film(tile(marks=(Mark("star", "pixel", np.zeros((T, 2)), "x"),))), "kind of mark 'star'"),
        (lambda: film(fps=0.0), "above 0"),
        (lambda: film(fps=float("nan")), "above 0"),
        (lambda: film(context=T), "context must be 0 to 5"),
        (lambda: film(events=(PlayerEvent(T, "late"),)), "'late' is at frame 6"),
        (lambda: film(curves=(Curve("c", "pixel", "solid", np.zeros(3)),)), "shape [6]"),
        (lambda: film(curves=(Curve("c", "pixel", "wavy", np.zeros(T)),)), "dash 'wavy'"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(make, says: str) -> None:
    with pytest.raises(ValueError) as caught:
        make()
    message = str(caught.value)
    assert says in message
    assert message.endswith(".") and "\n" not in message


def test_films_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        film().fps = 3.0


def test_building_and_packing_needs_no_streamlit() -> None:
    code = "import sys, dashboard.components.player, dashboard.components.gallery; sys.exit('streamlit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("role", ROLES)
def test_words_are_readable_on_every_surface(role: str, scheme: str) -> None:
    theme = tomllib.loads((FOLDER.parent / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"][scheme]
    surfaces = [
        part[name] for part in (theme, theme["sidebar"]) for name in ("backgroundColor", "secondaryBackgroundColor")
    ]
    for surface in surfaces:
        dark, light = sorted((luminance(text_colour(role, scheme)), luminance(surface)))
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_unknown_colours_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown colour role"):
        text_colour("jepa")
    with pytest.raises(ValueError, match="unknown colour scheme"):
        text_colour("truth", "sepia")


def page() -> None:
    import numpy as np
    import streamlit as st

    from dashboard.components.gallery import GalleryItem, gallery
    from dashboard.components.player import PlayerData, Tile, player

    frames = np.zeros((3, 16, 16, 3), np.uint8)
    chosen = gallery((GalleryItem("a", "a", frames=frames), GalleryItem("yours", "your video")), "a", key="clips")
    player(PlayerData((Tile("truth", "", "truth", frames),), 10.0), key="film")
    st.text(chosen)


def test_a_page_can_mount_both_and_rerun() -> None:
    app = AppTest.from_function(page, default_timeout=30).run()
    for _ in range(2):
        assert not app.exception
        assert app.text[0].value == "a"
        app = app.run()
