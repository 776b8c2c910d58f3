"""How pages show a finding: the word for its state in bold, then its sentences."""

from __future__ import annotations

from core.results import Finding
from dashboard.kit.text import escape_markdown

_STATES = {  # of a representation
    "healthy": "Healthy",
    "alive": "Alive",
    "suspicious": "Suspicious",
    "collapsed": "Collapsed",
    "unjudged": "Too few rows to judge",
}


def finding_markdown(finding: Finding) -> str:
    """Returns Markdown with the word for the state, if it has one, and the escaped text of a finding."""
    text = escape_markdown(finding.text)
    return f"**{_STATES[finding.state]}.** {text}" if finding.state in _STATES else text
