"""A typo is told with what is nearest to it, wherever names are asked for, and names told apart on purpose are not."""

import pytest

from core.causal import GraphError, parse_graph
from core.causal.analysis.analyse import analyse
from core.causal.graphs.spelling import closest_name, near_duplicates, suggestion
from core.causal.tables.rows import RowsError, table_of

ROWS = table_of({name: [0.0, 1.0] * 20 for name in ("smoking", "cancer", "age")})
GRAPH = parse_graph("age -> smoking; age -> cancer; smoking -> cancer")


def test_the_nearest_is_meant_or_something_else_is_said():
    assert closest_name("smokin", ["cancer", "smoking", "smoke"]) == "smoking" and closest_name("tar", ["gene"]) is None
    assert (
        suggestion("smokin", ["smoking"], "no.") == "did you mean smoking?"
        and suggestion("tar", ["gene"], "no.") == "no."
    )


@pytest.mark.parametrize(
    "ask, error, said",
    [
        (lambda: analyse(GRAPH, ROWS, "smokin", "cancer"), GraphError, "no node called smokin; did you mean smoking?"),
        (lambda: analyse(GRAPH, ROWS, "smoking", "cancer", latent=["aeg"]), GraphError, "did you mean age?"),
        (
            lambda: analyse(GRAPH, ROWS, "smoking", "cancer", mapping={"age": "agee"}),
            RowsError,
            "no column called agee for age; did you mean age?",
        ),
        (
            lambda: analyse(parse_graph("smokin -> cancer"), ROWS, "smokin", "cancer"),
            RowsError,
            "The exposure smokin has no column; did you mean smoking? The columns are smoking, cancer, age.",
        ),
        (lambda: ROWS.rows(["cancr"]), RowsError, "no column called cancr; did you mean cancer?"),
        (lambda: parse_graph("dag { a [latnet] a -> b }"), GraphError, "did you mean latent?"),
    ],
    ids=["a node", "a latent node", "a mapped column", "a column", "a column of rows", "a role"],
)
def test_what_is_nearest_is_reported_wherever_names_are_requested(ask, error, said):
    with pytest.raises(error) as raised:
        ask()
    assert said in str(raised.value)


@pytest.mark.parametrize(
    "one, other",
    [
        ("age", "ag"),
        ("smoking", "smokng"),
        ("smoking", "somking"),
        ("Age", "age"),
        ("blood_type", "bloodtype"),
        ("heart rate", "heart-rates"),
    ],
)
def test_two_nodes_that_are_one_but_for_a_slip_are_reported(one, other):
    assert near_duplicates(["x", one, "weather", other]) == (
        f"{one} and {other} are two nodes; if one of them is a typo, spell both the same way.",
    )


def test_names_that_are_distinguished_on_purpose_are_not():
    names = [
        "x",
        "X",
        "z1",
        "z2",
        "z12",
        "z21",
        "age",
        "wage",
        "treat_a",
        "treat_b",
        "income",
        "income2",
        "tar",
        "star",
        "a",
        "ab",
    ]
    assert near_duplicates(names) == ()
