"""Stories: small models whose truth is known, each with a question that seeing alone answers wrongly or not at all."""

from __future__ import annotations

from core.causal.mechanisms import MechanismError
from core.causal.story import Dial, Story

_HEAT = Dial("heat", "How much heat sells ice cream and fills the beaches", 0, 2, 1)
STORIES: dict[str, Story] = {
    "ice-cream": Story(
        "Ice cream and drownings",
        "On days when more ice cream is sold, more people drown. Hot weather does both.",
        "temperature = normal(0, 1)\nice_cream = {heat}*temperature + normal(0, 1)\n"
        "swimmers = {heat}*temperature + normal(0, 0.5)\n"
        "drownings = 0.8*swimmers + {harm}*ice_cream + normal(0, 0.6)",
        (_HEAT, Dial("harm", "How much ice cream itself drowns people", -1, 1, 0)), "ice_cream", "drownings",
        "Would fewer people drown if less ice cream were sold?",
        "No. Among days of the same temperature they have nothing to do with one another, and setting the sales "
        "changes nothing.",
        ("temperature",), (),
        labels=(("ice_cream", "ice cream sold"),),
    ),
    "forecast": Story(
        "Umbrellas and the forecast",
        "A recommender shows everybody an advert for umbrellas. It learns that people who check the forecast click it "
        "far more often, takes the forecast for the cause, and makes everybody check.",
        "hidden rain = bernoulli(0.3)\nchecks_forecast = bernoulli(0.1 + {worry}*rain)\n"
        "clicks = bernoulli(0.05 + 0.5*rain + {sells}*checks_forecast)",
        (Dial("worry", "How much rain makes people check the forecast", 0, 0.9, 0.85),
         Dial("sells", "How much checking itself makes people click", -0.05, 0.4, 0)),
        "checks_forecast", "clicks",
        "Does making people check the forecast bring clicks?",
        "No. Rain makes people check and click. Those who check by themselves click in 45 % of cases, for it mostly "
        "rains where they are; once the recommender makes everybody check, 20 % click, as many as before. Nearly all "
        "whom it had to push have no rain, and click as rarely as people without rain do. From what it records this "
        "can't be told: it never recorded the rain.",
        None, (), labels=(("checks_forecast", "checks the forecast"),), overlooked="rain",
    ),
    "treatment": Story(
        "A treatment that goes with dying",
        "Doctors give the strong treatment to those who are worst off.",
        "severity = normal(0, 1)\ntreated = bernoulli(sigmoid({triage}*severity))\n"
        "recovers = bernoulli(sigmoid(0.8*treated - 1.6*severity))\n"
        "days_ill = severity - 2*recovers + normal(0, 1)",
        (Dial("triage", "How much doctors go by severity", 0, 4, 2),), "treated", "recovers",
        "Does the treatment help?",
        "Yes, though fewer of the treated recover: they were worse off to begin with. Among people of the same "
        "severity the treated recover more often (Simpson's reversal).",
        ("severity",), ("days_ill",), labels=(("days_ill", "days ill"),),
    ),
    "kidney-stones": Story(
        "Kidney stones (real counts)",
        "Of 700 patients, 78 % recovered with treatment A and 83 % with B. But A was given for large stones (Charig et "
        "al. 1986). The units here are drawn as often as the real ones were counted.",
        "small_stone = bernoulli(357/700)\ntreatment_A = bernoulli(if_(small_stone, 87/357, 263/343))\n"
        "success = bernoulli(if_(treatment_A, if_(small_stone, 81/87, 192/263), if_(small_stone, 234/270, 55/80)))",
        (), "treatment_A", "success", "Is treatment A better?",
        "By the counts rather yes: among patients with stones of one size A does better, so were all treated with A, "
        "83.3 % would recover, and 77.9 % with B, if size is all that decided. But the interval of the difference "
        "contains zero.",
        ("small_stone",), labels=(("treatment_A", "treatment A"), ("small_stone", "small stone")), real=True,
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
        presets=(("at random", (("staggered", 0.0),)), ("mostly on the holiday", (("staggered", 0.6),))),
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
        (Dial("pull", "How much a voucher makes people take the course (0.05: hardly, 3: a lot)", 0.05, 3, 2),),
        "course", "grade",
        "How much does the course raise the grade?",
        "0.5 for each unit. The voucher moves the course and nothing else, so its effect on the grade tells the "
        "course's. A weak voucher hardly moves the course: then the estimate leans towards what is merely seen, and "
        "its interval is so wide that it says little, though it mostly holds the truth. So no number is quoted then.",
        None, (), ("instrument", "voucher"),
        presets=(("weak voucher", (("pull", 0.05),)), ("strong voucher", (("pull", 2.0),))),
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
        "diabetes = bernoulli(0.3)\ngallstones = bernoulli(0.3 + {tie}*diabetes)\n"
        "in_hospital = bernoulli(sigmoid({pull}*diabetes + {pull}*gallstones - 2.5))",
        (Dial("pull", "How much each illness brings people to hospital", 0, 6, 4),
         Dial("tie", "How much diabetes itself brings gallstones", -0.3, 0.6, 0)), "diabetes", "gallstones",
        "Does diabetes protect from gallstones?",
        "No. Among patients it looks so, because those without the one are there for the other (Berkson). Among "
        "everybody they are independent.",
        (), ("in_hospital",), labels=(("in_hospital", "is in hospital"),),
    ),
    "joe": Story(
        "Joe's homework",
        "Encouragement, homework and an exam, all in standard units (Pearl, Glymour and Jewell 2016, chapter 4). Joe "
        "was encouraged by 0.5, did homework of 1 and scored 1.5.",
        "encouragement = normal(0, 1)\nhomework = {spurs}*encouragement + normal(0, 1)\n"
        "score = {cheers}*encouragement + {pays}*homework + normal(0, 1)",
        (Dial("spurs", "How much encouragement adds to the homework", -1, 1, 0.5),
         Dial("cheers", "How much encouragement adds to the score", -1, 1, 0.7),
         Dial("pays", "How much homework adds to the score", -1, 1, 0.4)), "homework", "score",
        "What would Joe have scored, had he done twice the homework?",
        "1.9. Pupils who happen to do so much homework score 1.36 on average, as they were encouraged, too; pupils who "
        "are made to score 0.8; Joe is neither: he keeps what was his own, and would have scored 1.9. Three rungs, "
        "three numbers.",
        ("encouragement",), unit=(("encouragement", 0.5), ("homework", 1.0), ("score", 1.5)), start=2.0,
    ),
    "coin": Story(
        "Alike when seen and when done",
        "A drug is given by the toss of a coin; half of all patients recover, with it and without. Either it does "
        "nothing to anybody, or it cures half of them and harms the others.",
        "drug = bernoulli(0.5)\nhidden kind = bernoulli(0.5)\nrecovers = abs({kinds}*drug - kind)",
        (Dial("kinds", "0: it does nothing. 1: it cures one kind of patient and harms the other", 0, 1, 1, 1),),
        "drug", "recovers", "What would this patient have been without the drug?",
        "Nobody can say from data, not even from an experiment: move the dial, and nothing that is seen or done "
        "changes but by chance, while each single patient's answer does. The third rung needs a model of how things "
        "come about.",
        (), labels=(("kind", "kind of patient"),),
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
