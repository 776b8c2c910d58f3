"""Stories: small models whose truth is known, each with a question that seeing alone answers wrongly or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from core.causal.mechanisms import MechanismError
from core.causal.modelling import parse_model
from core.causal.scm import Model


@dataclass(frozen=True)
class Dial:
    """A number of a story that can be changed: what it is, its bounds, and where it stands at first."""

    name: str
    told: str
    low: float
    high: float
    start: float


@dataclass(frozen=True)
class Story:
    """A model with a question.

    Attributes:
        title, told: For people.
        text: The model as ``core.causal.modelling`` reads it, with ``{dials}``.
        exposure, outcome: What is asked about.
        question, answer: In words.
        right: What to adjust for; None where no adjustment helps.
        wrong: What one might adjust for, and should not; empty where there is nothing such.
        by: How the effect is found where adjusting does not help: ``front door`` or ``instrument``, and by which node.
        labels: What nodes are called for people.
    """

    title: str
    told: str
    text: str
    dials: tuple[Dial, ...]
    exposure: str
    outcome: str
    question: str
    answer: str
    right: tuple[str, ...] | None
    wrong: tuple[str, ...] = ()
    by: tuple[str, str] | None = None
    labels: tuple[tuple[str, str], ...] = ()

    def model(self, dials: Mapping[str, float] | None = None) -> Model:
        """The model with its dials where they are asked to be.

        Raises:
            MechanismError: A dial that is not there, or out of its bounds.
        """
        at = {dial.name: dial.start for dial in self.dials}
        for name, value in (dials or {}).items():
            dial = next((one for one in self.dials if one.name == name), None)
            if dial is None:
                raise MechanismError(f"There is no dial called {name}; there are {', '.join(at) or 'none'}.")
            if not dial.low <= value <= dial.high:
                raise MechanismError(f"{name} must be from {dial.low:g} to {dial.high:g}, not {value:g}.")
            at[name] = value
        return _model(self.text, tuple(at.items()))


@cache
def _model(text: str, dials: tuple[tuple[str, float], ...]) -> Model:
    return parse_model(text.format(**{name: f"{value:.10g}" for name, value in dials}))


_HEAT = Dial("heat", "How much heat sells ice cream and fills the beaches", 0, 2, 1)
STORIES: dict[str, Story] = {
    "ice-cream": Story(
        "Ice cream and drownings",
        "On days when more ice cream is sold, more people drown. Hot weather does both.",
        "temperature = normal(0, 1)\nice_cream = {heat}*temperature + normal(0, 1)\n"
        "swimmers = {heat}*temperature + normal(0, 0.5)\ndrownings = 0.8*swimmers + normal(0, 0.6)",
        (_HEAT,), "ice_cream", "drownings",
        "Would fewer people drown if less ice cream were sold?",
        "No. Among days of the same temperature they have nothing to do with one another, and setting the sales "
        "changes nothing.",
        ("temperature",), (),
        labels=(("ice_cream", "ice cream sold"),),
    ),
    "forecast": Story(
        "Umbrellas and the forecast",
        "A shop learns that people who check the forecast buy umbrellas, and shows everybody the forecast.",
        "hidden clouds = normal(0, 1)\nchecks_forecast = bernoulli(sigmoid({worry}*clouds))\n"
        "buys_umbrella = bernoulli(sigmoid(2*clouds - 1))",
        (Dial("worry", "How much dark clouds make people check the forecast", 0, 4, 2),),
        "checks_forecast", "buys_umbrella",
        "Does showing people the forecast sell umbrellas?",
        "No. Clouds make people check and buy. Seen, those who check buy far more often; made to check, they buy no "
        "more than before. From what the shop records this can't be told: nobody recorded the clouds.",
        None, (), labels=(("checks_forecast", "checks the forecast"), ("buys_umbrella", "buys an umbrella")),
    ),
    "treatment": Story(
        "A treatment that goes with dying",
        "Doctors give the strong treatment to those who are worst off.",
        "severity = normal(0, 1)\ntreated = bernoulli(sigmoid({triage}*severity))\n"
        "recovers = bernoulli(sigmoid(0.8*treated - 1.6*severity))\n"
        "weight_lost = severity - 0.5*treated + normal(0, 1)",
        (Dial("triage", "How much doctors go by severity", 0, 4, 2),), "treated", "recovers",
        "Does the treatment help?",
        "Yes, though fewer of the treated recover: they were worse off to begin with. Among people of the same "
        "severity the treated recover more often (Simpson's reversal).",
        ("severity",), ("weight_lost",), labels=(("weight_lost", "weight lost"),),
    ),
    "ab-test": Story(
        "A test on a holiday",
        "The new page is rolled out in the week of a holiday, on which everybody buys more anyway.",
        "holiday = bernoulli(0.4)\nnew_page = bernoulli(0.5 + {staggered}*(holiday - 0.4))\n"
        "visits = 1.0*holiday + 0.4*new_page + normal(0, 1)\n"
        "sales = 0.5*new_page + 1.5*holiday + 0.5*visits + normal(0, 1)",
        (Dial("staggered", "How much the roll-out falls on the holiday (0: at random)", 0, 0.8, 0.6),),
        "new_page", "sales", "Does the new page sell more?",
        "Yes, by 0.7 (0.5 directly and 0.2 by more visits), but a staggered roll-out shows far more: it counts the "
        "holiday's sales. At random, seeing is doing.",
        ("holiday",), ("visits",), labels=(("new_page", "new page"),),
    ),
    "smoking": Story(
        "Smoking and tar",
        "Perhaps a gene makes people smoke and makes them ill. Nobody has measured it, but tar was.",
        "hidden gene = normal(0, 1)\nsmoking = {gene}*gene + normal(0, 1)\ntar = 0.9*smoking + normal(0, 0.5)\n"
        "illness = 0.5*tar + {gene}*gene + normal(0, 1)",
        (Dial("gene", "How much the gene does to both", 0, 2, 1),), "smoking", "illness",
        "How much of the illness does smoking cause?",
        "0.45 for each unit, all of it by way of tar. No adjustment finds it, but the front door does: from smoking to "
        "tar, and from tar to illness among people who smoke alike.",
        None, ("tar",), ("front door", "tar"),
    ),
    "instrument": Story(
        "A voucher for a course",
        "Those who are keen take the course and would have done well anyway. Vouchers were given out at random.",
        "voucher = bernoulli(0.5)\nhidden keen = normal(0, 1)\ncourse = {pull}*voucher + keen + normal(0, 1)\n"
        "grade = 0.5*course + 1.5*keen + normal(0, 1)",
        (Dial("pull", "How much a voucher makes people take the course", 0.02, 3, 2),), "course", "grade",
        "How much does the course raise the grade?",
        "0.5 for each unit. The voucher moves the course and nothing else, so its effect on the grade tells the "
        "course's. With a weak pull the estimate jumps about, and its interval can't be trusted.",
        None, (), ("instrument", "voucher"),
    ),
    "m-graph": Story(
        "Adjusting does harm",
        "A questionnaire before the start listens to two things nobody measured; one moves the exercise, the other "
        "the health.",
        "hidden mood = normal(0, 1)\nhidden genes = normal(0, 1)\nquestionnaire = {listens}*mood + {listens}*genes + "
        "normal(0, 0.3)\nexercise = mood + normal(0, 1)\nhealth = 0.5*exercise + genes + normal(0, 1)",
        (Dial("listens", "How much the questionnaire listens to both", 0, 2, 1),), "exercise", "health",
        "How much does exercise do for health?",
        "0.5, and what is seen is right as it is. Adjusting for the questionnaire, though it came first, ties mood and "
        "genes together and opens a path that was closed.",
        (), ("questionnaire",),
    ),
    "hospital": Story(
        "Only those in hospital",
        "Two illnesses have nothing to do with one another, but either brings people to hospital.",
        "diabetes = bernoulli(0.3)\ngallstones = bernoulli(0.3)\n"
        "in_hospital = bernoulli(sigmoid({pull}*diabetes + {pull}*gallstones - 2.5))",
        (Dial("pull", "How much each illness brings people to hospital", 0, 6, 4),), "diabetes", "gallstones",
        "Does diabetes protect from gallstones?",
        "No. Among patients it looks so, because those without the one are there for the other (Berkson). Among "
        "everybody they are independent.",
        (), ("in_hospital",), labels=(("in_hospital", "is in hospital"),),
    ),
}  # fmt: skip


def story_named(name: str) -> Story:
    """Find a story.

    Raises:
        MechanismError: There is none of that name.
    """
    if name not in STORIES:
        raise MechanismError(f"There is no story called {name}; there are {', '.join(STORIES)}.")
    return STORIES[name]


def kidney_stones() -> dict[str, list[float]]:
    """Real counts (Charig et al. 1986, by way of Julious and Mullee 1994): 700 patients by treatment A or not, a small
    stone or not, and success."""
    cells = {(1, 1): (81, 87), (1, 0): (192, 263), (0, 1): (234, 270), (0, 0): (55, 80)}
    rows: dict[str, list[float]] = {"treatment_A": [], "small_stone": [], "success": []}
    for (treated, small), (good, together) in cells.items():
        for success, count in ((1.0, good), (0.0, together - good)):
            for name, value in zip(rows, (float(treated), float(small), success), strict=True):
                rows[name] += [value] * count
    return rows
