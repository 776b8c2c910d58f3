"""A V-JEPA 2 checkpoint of the visitor's: named, told what it will take, and run over some clips with progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from core.embedding.embed import represent
from core.models.catalog import VJEPA2
from dashboard import resources
from dashboard.compare.evidence import quiet
from dashboard.embeddings.clips import Source
from dashboard.progress import spoken, work_out, worked_out

CHECKPOINT = "checkpoint"  # where pages name models
_FEW = 6  # clips at first: a large checkpoint takes about a minute for each on a laptop


def encoded(source: Source) -> tuple[str, Source] | None:
    """The name of the checkpoint's model, and the clips that it has encoded; None, with a sentence on the page, as long
    as there are none.

    Raises:
        ValueError: The optional part is missing, or there is no such checkpoint.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        place = st.text_input("checkpoint: a folder, or an id on the hub", key="checkpoint", width=380)
        count = st.number_input("how many clips", 1, len(source.clips), min(_FEW, len(source.clips)), width=140)
    if not place:
        st.info("Name the folder of a V-JEPA 2 checkpoint, or its id, such as facebook/vjepa2-vitl-fpc64-256.")
        return None
    name = VJEPA2 + place
    model = resources.model(name)
    large = tuple(replace(source.large(index), source=source.clips[index].source) for index in range(int(count)))
    some = Source(f"{source.key} {count}", large, source.large)
    asked = name, some.key
    if worked_out("encoded", asked):
        return name, some
    effort = model.effort(sum(len(clip) for clip in large))
    quiet(
        f"{len(large)} clips, {model.frames} frames at a time: at most about {effort.memory / 1e9:.1f} GB of memory "
        f"and {spoken(effort.seconds)} on this machine. What was encoded is kept."
    )
    if not st.button(f"encode {len(large)} clips", type="primary"):
        return None
    work_out("encoded", asked, "encoding", partial(_encode, model, large))
    return name, some


def _encode(model, clips, report: Callable[[float], None]) -> bool:
    """Every clip once, so that it is on disk; left by cancelling, what is done is kept there."""
    for index, clip in enumerate(clips):
        represent(model, clip)
        report((index + 1) / len(clips))
    return True
