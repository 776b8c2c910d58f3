"""Several checkpoints side by side: none is left out without a word."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def _page() -> None:
    import io

    import numpy as np

    from dashboard.embeddings.series_view import one_of_series
    from dashboard.kit.uploads import KeptFile

    content = io.BytesIO()
    np.save(content, np.random.default_rng(0).normal(size=(60, 8)))
    one_of_series([KeptFile(name, content.getvalue(), name) for name in ("epoch.npy", "epoch.npy", "last.npy")])


def test_files_of_the_same_name_are_refused() -> None:
    app = AppTest.from_function(_page, default_timeout=60).run()
    assert not app.exception and not app.table
    assert "have the same name" in app.error[0].value
