"""Cross-fitted estimates, which need no straight lines (Chernozhukov and others 2018): doubly robust for an exposure
with arms, partially linear for an amount (Robinson 1988).

Each part (outcome in each arm, exposure) is predicted for rows that its fits have not seen, in five folds, by the
mixture of three models that predicts best there (the super learner of van der Laan, Polley and Hubbard 2007): a
straight one, one with splines and products, and gradient boosting.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.causal.estimation.adjustment import ON_TREATED, ON_UNTREATED, clip_scores, overlap_remarks
from core.causal.estimation.arms import ArmMean, Arms, arms_of, contrast, mix_of
from core.causal.estimation.basis import bend_terms
from core.causal.estimation.least_squares import design_matrix, norm, row_weights
from core.causal.estimation.question import Estimate, EstimateError, Question
from core.causal.tables.rows import Columns

CROSS_FITTED = "cross-fitted doubly robust"
PARTIALLY_LINEAR = "cross-fitted partially linear"
FEWEST = 40  # rows of an arm
_FOLDS, _SEED = 5, 0
_FITS = "the flexible models fit outcome and exposure well; with few thousand rows the interval is often too narrow"
_KNOTS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_PENALTIES = (0.1, 1.0, 10.0, 100.0, 1000.0)
Report = Callable[[float], None]


@dataclass(frozen=True)
class CrossFit:
    """The effect on everybody, on the treated and on the untreated; the last two are None for an amount."""

    overall: Estimate
    treated: Estimate | None = None
    untreated: Estimate | None = None


def cross_fitted(rows: Columns, question: Question) -> Estimate:
    """The cross-fitted doubly robust effect on everybody.

    Raises:
        EstimateError: The exposure has no arms, or an arm has fewer than 40 rows.
    """
    return cross_fit(rows, question).overall


def cross_fit(rows: Columns, question: Question, report: Report = lambda share: None) -> CrossFit:
    """The cross-fitted doubly robust effects of an exposure with arms.

    Args:
        report: Receives the share of the work that is done; an exception that it raises ends the work.

    Raises:
        EstimateError: The exposure has no arms, or an arm has fewer than 40 rows.
    """
    arms = arms_of(rows, question)
    if arms.smaller < FEWEST:
        raise EstimateError(f"Cross-fitting needs at least {FEWEST} rows in each arm.")
    columns, folds = arms.covariates[:, 1:], _folds(2 * arms.treated + (arms.y > np.median(arms.y)))
    is_binary = arms.has_binary_outcome
    parts = 3 if (arms.treated <= 1).all() else 4

    def predict(part: int, target: np.ndarray, among: np.ndarray, binary: bool) -> np.ndarray:
        def report_part(share: float) -> None:
            report((part + share) / parts)

        return _predict(columns, target, among, arms.weights, folds, binary, report_part)

    everyone = np.ones(len(arms.y), bool)
    outcome = [predict(arm, arms.y, arms.treated == arm, is_binary) for arm in (0, 1)]
    with_it = predict(2, (arms.treated == 1).astype(float), everyone, True)
    without = 1 - with_it if parts == 3 else predict(3, (arms.treated == 0).astype(float), everyone, True)
    scores = np.stack([without, with_it])
    note, caveat = overlap_remarks(arms, scores)
    scores = clip_scores(scores)
    effects = (
        _estimate(name, arms, np.stack(outcome), scores, among, note, caveat)
        for name, among in ((CROSS_FITTED, None), (ON_TREATED, 1), (ON_UNTREATED, 0))
    )
    return CrossFit(*effects)


def partially_linear(rows: Columns, question: Question) -> Estimate:
    """The effect of one more unit of an amount: the outcome's residual on the exposure's, both cross-fitted.

    Raises:
        EstimateError: There are fewer than 80 rows, or the covariates determine the exposure.
    """
    return partially_linear_fit(rows, question).overall


def partially_linear_fit(rows: Columns, question: Question, report: Report = lambda share: None) -> CrossFit:
    """The same, with progress.

    Raises:
        EstimateError: As for ``partially_linear``.
    """
    x, y, weights = rows[question.exposure], rows[question.outcome], row_weights(rows, question)
    if len(y) < 2 * FEWEST:
        raise EstimateError(f"Cross-fitting needs at least {2 * FEWEST} rows.")
    columns = design_matrix((rows[name] for name in question.covariates), len(y))[:, 1:]
    folds, everyone = _folds(x > np.median(x)), np.ones(len(y), bool)
    residuals = []
    for part, target in enumerate((x, y)):

        def report_part(share: float, part: int = part) -> None:
            report((part + share) / 2)

        predicted = _predict(columns, target, everyone, weights, folds, False, report_part)
        residuals.append(target - predicted)
    of_x, of_y = residuals
    moved = weights * of_x
    if moved @ of_x <= 1e-6 * weights @ (x - x.mean()) ** 2:
        raise EstimateError(f"The covariates determine {question.exposure}, so there is nothing to compare.")
    value = float(moved @ of_y / (moved @ of_x))
    influence = moved * (of_y - value * of_x) / (moved @ of_x)
    assumption = "one more unit has the same effect everywhere, on average"
    found = Estimate(
        PARTIALLY_LINEAR, value, norm(influence), len(y), assumption, freedom=len(y) - 2, influence=influence
    )
    return CrossFit(found)


def _estimate(
    name: str, arms: Arms, outcome: np.ndarray, scores: np.ndarray, among: int | None, note: str, caveat: str
) -> Estimate:
    """The effect from the predicted outcome ``[2, rows]`` and the scores ``[2, rows]``, on the rows of an arm or on
    all."""
    mix = mix_of(arms, None if among is None else arms.treated == among)
    share = arms.weights.sum() if among is None else arms.weights @ (arms.treated == among)
    means = []
    for arm in (0, 1):
        odds = (1 if among is None else scores[among]) / scores[arm]
        pull = (arms.treated == arm) * arms.weights * odds / share
        residuals = np.where(arms.treated == arm, arms.y - outcome[arm], 0.0)
        mean = float(mix @ outcome[arm] + pull @ residuals)
        means.append(ArmMean(mean, outcome[arm], pull * residuals, float(residuals @ residuals), float(pull @ pull)))
    found = contrast(name, arms, mix, (means[0], means[1]), 1, _FITS, note, caveat)
    return replace(found, freedom=max(found.freedom, float(arms.smaller - 1)))


def _folds(groups: np.ndarray) -> np.ndarray:
    """The fold of each row ``[rows]``, from 0: each group is spread evenly."""
    rng, folds = np.random.default_rng(_SEED), np.zeros(len(groups), int)
    for group in np.unique(groups):
        chosen = rng.permutation(np.flatnonzero(groups == group))
        folds[chosen] = (np.arange(len(chosen)) + rng.integers(_FOLDS)) % _FOLDS
    return folds


def _predict(
    columns: np.ndarray,
    target: np.ndarray,
    among: np.ndarray,
    weights: np.ndarray,
    folds: np.ndarray,
    binary: bool,
    report: Report,
) -> np.ndarray:
    """The prediction for each row ``[rows]`` by fits to rows ``among`` of other folds: the mixture of models with the
    smallest squared error on the rows among them that its fits have not seen."""
    low, high = float(target[among].min()), float(target[among].max())
    if low == high:
        return np.full(len(target), low)
    scaled = (target - low) / (high - low) if not binary else target
    designs = (columns, np.hstack([columns, bend_terms(columns, _KNOTS)]), columns)
    models = _models(binary)
    predictions = np.zeros((len(models), len(target)))
    for fold in range(_FOLDS):
        train, test = among & (folds != fold), folds == fold
        for i, (model, design) in enumerate(zip(models, designs, strict=True)):
            predictions[i, test] = _fitted(model, design, scaled, weights, train, test, binary)
            report((fold * len(models) + i + 1) / (_FOLDS * len(models)))
    mixed = _mixture(predictions[:, among], scaled[among], weights[among]) @ predictions
    return mixed if binary else low + (high - low) * mixed


def _mixture(predictions: np.ndarray, target: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The shares of the models ``[models]``, none negative and 1 in all, with the smallest squared error.

    Args:
        predictions: ``[models, rows]``.
    """
    from scipy.optimize import nnls

    root = np.sqrt(weights)
    tie = 1e2 * np.sqrt(weights.sum())  # makes the shares add up to 1
    left = np.vstack([(predictions * root).T, np.full(len(predictions), tie)])
    basis, triangle = np.linalg.qr(left)
    shares = nnls(triangle, basis.T @ np.append(target * root, tie))[0]
    return shares / shares.sum() if shares.sum() > 0 else np.eye(len(predictions))[0]


def _models(binary: bool) -> tuple:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    settings = {
        "max_iter": 60,
        "learning_rate": 0.15,
        "max_leaf_nodes": 8,
        "early_stopping": False,
        "random_state": _SEED,
    }
    if binary:
        return (
            make_pipeline(StandardScaler(), LogisticRegression(C=1e4, max_iter=200)),
            make_pipeline(StandardScaler(), LogisticRegression(C=0.5, max_iter=200)),
            HistGradientBoostingClassifier(**settings),
        )
    return (
        make_pipeline(StandardScaler(), LinearRegression()),
        make_pipeline(StandardScaler(), RidgeCV(_PENALTIES)),
        HistGradientBoostingRegressor(**settings),
    )


def _fitted(
    model: Any,
    design: np.ndarray,
    target: np.ndarray,
    weights: np.ndarray,
    train: np.ndarray,
    test: np.ndarray,
    binary: bool,
) -> np.ndarray:
    if target[train].min() == target[train].max():
        return np.full(int(test.sum()), target[train].mean())
    name = f"{model.steps[-1][0]}__sample_weight" if hasattr(model, "steps") else "sample_weight"
    model.fit(design[train], target[train], **{name: weights[train]})
    return model.predict_proba(design[test])[:, 1] if binary else model.predict(design[test])
