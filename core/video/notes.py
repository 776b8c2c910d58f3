"""Plain sentences about what was done to a video on the way in."""

from __future__ import annotations

import numpy as np
from av.video.reformatter import Colorspace

from core.video.sampling import Sampler
from core.video.squares import FrameTraits
from core.video.tracks import VideoInfo

# Lossy coding makes still pixels flicker by a few levels; real motion changes some pixel by more.
_FLICKER = 12
_BLACK = 20
_COLOURED = 40  # levels between the strongest and the weakest channel
_HELD = 10.0  # s for which a single frame is shown


def notes(sampler: Sampler, traits: FrameTraits, info: VideoInfo, *, limited: bool, still: bool) -> tuple[str, ...]:
    """Sentences that tell the user what was done to a video.

    Args:
        sampler: What was kept of it.
        traits: What its frames were like.
        info: Its header.
        limited: Whether a limit, not the user, ended it.
        still: Whether nothing moves.

    Returns:
        Sentences, most surprising last.
    """
    lines = [*_track_notes(info), *_shape_notes(traits), *_interlacing_notes(traits)]
    lines += [*_colour_notes(traits, sampler), *_time_notes(sampler, traits, info, limited)]
    lines += _damage_notes(sampler, traits)
    if still:
        black = max(int(frame.max()) for frame in sampler.kept) <= _BLACK
        lines.append("Every frame is black; nothing moves in this clip." if black else "Nothing moves in this clip.")
    return tuple(lines)


def picture_notes(traits: FrameTraits) -> tuple[str, ...]:
    """Sentences that tell the user what was done to a single picture."""
    return (*_shape_notes(traits), *_alpha_notes(traits))


def is_still(frames: np.ndarray) -> bool:
    """Whether no pixel of ``uint8 [T, H, W, 3]`` ever differs visibly from the first frame."""
    first = frames[0].astype(np.int16)
    return all(np.abs(frame - first).max() <= _FLICKER for frame in frames[1:])


def _track_notes(info: VideoInfo) -> list[str]:
    if info.tracks == 1:
        return []
    size = f"{info.width} x {info.height}"
    return [f"Of {info.tracks} picture tracks, track {info.track} ({size}) is read: {info.reason}."]


def _shape_notes(traits: FrameTraits) -> list[str]:
    lines = []
    width, height = traits.sizes[0]
    if traits.pixel_shape != 1:
        ratio = traits.pixel_shape
        lines.append(f"Its pixels are not square ({ratio.numerator}:{ratio.denominator}); the shape was corrected.")
    if traits.orientation.description:
        lines.append(f"{traits.orientation.description}, as the file specifies.")
    if width != height:
        lines.append(f"Cropped to the centre square of {width} x {height}.")
    if len(traits.sizes) > 1:
        lines.append(f"The frame size changes during the video, from {width} x {height} to {_by(traits.sizes[-1])}.")
    return lines


def _by(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]}"


def _interlacing_notes(traits: FrameTraits) -> list[str]:
    if traits.interlaced and traits.combed:
        return ["Interlaced: where the rows of a frame show two moments, only those of the first are shown."]
    if traits.interlaced:
        return ["The file is marked as interlaced, but no frame shows two moments; frames are kept whole."]
    if traits.combed:
        return ["Rows of some frames alternate as if interlaced, but the file isn't marked so; frames are kept whole."]
    return []


def _colour_notes(traits: FrameTraits, sampler: Sampler) -> list[str]:
    lines = []
    if traits.matrix is not None and _is_coloured(sampler.kept):
        standard = "BT.709" if traits.matrix == Colorspace.ITU709 else "BT.601"
        lines.append(f"The file doesn't say how its colours are coded; {standard} is assumed, for its size.")
    if traits.levels is not None:
        low, high = traits.levels
        lines.append(f"Its numbers run from {low:.4g} to {high:.4g}; these are shown as black and white.")
    lines += _alpha_notes(traits)
    if traits.alpha_lost:
        lines.append("Its transparency is ignored; transparent parts may show a colour.")
    if traits.hdr:
        lines.append("It has high dynamic range (HDR), so its colours may look pale here.")
    return lines


def _alpha_notes(traits: FrameTraits) -> list[str]:
    return ["Transparent parts are shown over white."] if traits.clear else []


def _is_coloured(frames: list[np.ndarray]) -> bool:
    """Whether another matrix would change the pictures visibly."""
    return any(int(np.ptp(frame.astype(np.int16), axis=-1).max()) > _COLOURED for frame in frames)


def _time_notes(sampler: Sampler, traits: FrameTraits, info: VideoInfo, limited: bool) -> list[str]:
    lines = []
    if info.offset:
        lines.append(
            f"The picture starts {info.offset:.2g} s after the sound or another track; times count from the start of "
            "that track, as in a player."
        )
    for jump in traits.jumps:
        way = "jump ahead" if jump.seconds > 0 else "fall back"
        lines.append(
            f"The time stamps {way} by {abs(jump.seconds):,.4g} s at {jump.time:.3g} s; the parts are shown one after "
            "the other."
        )
    if sampler.gaps[1] > _HELD:
        lines.append(f"One frame is held for {sampler.gaps[1]:.3g} s, as its time stamps say.")
    if traits.assumed_rate is not None:
        what = "The file carries" if traits.codec else "Pictures carry"
        lines.append(f"{what} no frame rate; {traits.assumed_rate:.4g} a second are assumed.")
    uneven = sampler.uneven and not traits.lost
    rate = _source_rate(sampler, info)
    if uneven:
        lines.append(f"Resampled from a varying rate (about {rate:.3g}) to {sampler.fps:.4g} frames a second.")
    elif rate is not None and abs(rate - sampler.fps) > 0.01 * sampler.fps:
        lines.append(f"Resampled from {rate:.4g} to {sampler.fps:.4g} frames a second.")
    if limited:
        length = len(sampler.kept) / sampler.fps
        where = "the first" if sampler.start == 0 else "the"
        after = "" if sampler.start == 0 else " after the trim start"
        lines.append(f"Only {where} {length:.4g} s{after} are used; move the trim start to see the rest.")
    return lines


def _source_rate(sampler: Sampler, info: VideoInfo) -> float | None:
    """The stated rate where the time stamps bear it out (they are rounded), else the measured one."""
    measured = sampler.rate
    if measured is None or info.fps is None:
        return measured
    return info.fps if abs(info.fps - measured) < 0.02 * measured else measured


def _damage_notes(sampler: Sampler, traits: FrameTraits) -> list[str]:
    lines = []
    if traits.lost:
        lines.append(f"{_count(traits.lost, 'damaged packet was', 'damaged packets were')} skipped.")
    if traits.corrupt:
        lines.append(f"{_count(traits.corrupt, 'frame is', 'frames are')} damaged and may look wrong.")
    if traits.ends_early:
        lines.append(f"The file is cut short; what could be read ends at {sampler.end:.3g} s.")
    if traits.strays:
        others = _count(traits.strays, "picture in another folder was", "pictures in other folders were")
        lines.append(f"{others} left out.")
    if traits.ignored:
        others = _count(traits.ignored, "file that is not a picture was", "files that are not pictures were")
        lines.append(f"{others} ignored.")
    return lines


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
