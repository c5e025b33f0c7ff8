#!/usr/bin/env python3
"""Values of expressions over small arrays, by xcube's own evaluation; run with the Python of .venv-xcube.

    .venv-xcube/bin/python Tests/Golden/make_expressions.py

Writes expressions.json: the arrays, and for each expression its values (texts for what JSON has no number for),
or that xcube refuses it.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import xarray as xr
from xcube.core.varexpr import VarExprContext, VarExprError

warnings.filterwarnings("ignore")

NAN, INF = float("nan"), float("inf")
SINGLE = np.array([0.1, -2.5, 0.0, NAN, 7.0, 1e30, INF, -0.0, 3.3, 2.0], "f4")
DOUBLE = np.array([0.1, 2.0, 0.0, 1.0, -3.0, 1e-9, 4.0, -0.0, 3.3, NAN], "f8")
OTHER = np.array([2.0, 2.0, -1.0, 0.5, 0.0, 1e30, -INF, 5.0, NAN, -7.5], "f4")

EXPRESSIONS = [
    "a", "-a", "+d", "a + d", "a - b", "a * 0.1", "a * d", "a / b", "a / 3", "1 / a", "d / 0", "a // b", "d // 0.3",
    "a % b", "d % -2", "-7 // d", "a ** 2", "2 ** d", "a ** 0.5", "-a ** 2", "2 ** -d", "a ** b ** 2",
    "a + b * 2 - d / 4", "(a + b) * 2", "a - b - d", "a / b / d", "a * -b", "a - -b", "1e3 * a", ".5 * a", "2. * a",
    "a * pi", "a + e", "a + inf", "a * nan",
    "a == 0.1", "d == 0.1", "a == d", "a != a", "a < b", "a <= 2", "a > d", "a >= 0", "0 < a", "a < nan",
    "a + 1 > b", "(a > 0) & (b > 0)", "(a > 0) | (b > 0)", "(a > 0) ^ (b > 0)", "~(a > 0)", "~(a > 0) & (b > 0)",
    "(a > 0) * 2", "(a > 0) * d", "(a > 0) * a", "1 - (a > 0)", "(a > 0) == (b > 0)",
    "where(a > 0, a, nan)", "where(a > b, a, b)", "where(isnan(a), d, a)", "where(a, 1, 0)", "where(a > 0, 1, 0)",
    "where(a > 0, 0.1, b)", "where((a > 0) & (d < 2), a * d, -1)", "where(a > 0, where(b > 0, 1, 2), 3)",
    "sqrt(a)", "square(a)", "cbrt(d)", "reciprocal(a)", "exp(a)", "exp2(b)", "expm1(d)", "log(a)", "log2(d)", "log10(a)",
    "log1p(d)", "sin(a)", "cos(d)", "tan(d)", "sinh(d)", "cosh(d)", "tanh(a)", "asin(d)", "arccos(d)", "atan(a)",
    "arctan2(a, b)", "atan2(d, 2)", "floor(a)", "ceil(a)", "trunc(a)", "rint(a)", "rint(d * 5)", "sign(a)", "sign(d)",
    "abs(a)", "fabs(b)", "absolute(d)", "degrees(a)", "rad2deg(d)", "radians(a)", "deg2rad(d)", "isnan(a)",
    "isfinite(a)", "isinf(b)", "hypot(a, b)", "copysign(a, b)", "fmod(a, b)", "maximum(a, b)", "minimum(a, d)",
    "fmax(a, b)", "fmin(a, d)", "add(a, b)", "subtract(a, d)", "multiply(a, 2)", "divide(a, b)", "true_divide(a, b)",
    "floor_divide(a, b)", "mod(a, b)", "remainder(d, 3)", "power(a, 2)", "pow(d, 3)", "equal(a, b)", "not_equal(a, d)",
    "less(a, b)", "less_equal(a, b)", "greater(a, d)", "greater_equal(a, d)", "logical_and(a > 0, b > 0)",
    "logical_or(a > 0, b > 0)", "logical_xor(a > 0, b > 0)", "logical_not(a > 0)", "negative(a)", "positive(a)",
    "sqrt(a ** 2 + b ** 2)", "(a - b) / (a + b)", "10 ** (0.1 * a - 0.2 * d)",
]
# What neither takes.
REFUSED = [
    "", "a +", "a b", "(a", "a)", "unknown", "a + unknown", "nothing(a)", "where(a)", "sqrt()", "sqrt(a, b, d)",
    "a & b", "a | 1.5", "~a", "(a > 0) - (b > 0)", "-(a > 0)", "a.values.nothing", "a._x", "1 + 1", "pi", "a; b", "a = b",
    "__import__('os')", "lambda: a", "a < ", "a ** ", "'text'", "a + 'text'", "1__0 * a", "a + )", "é",
]


def written(value: float):
    if np.isnan(value):
        return "nan"
    return ("inf" if value > 0 else "-inf") if np.isinf(value) else float(value)


def main() -> None:
    dataset = xr.Dataset({name: ("x", values) for name, values in (("a", SINGLE), ("d", DOUBLE), ("b", OTHER))})
    context = VarExprContext(dataset)
    results = []
    for text in EXPRESSIONS:
        found = context.evaluate(text).values
        results.append({"expression": text, "type": str(found.dtype), "values": [written(one) for one in found.astype("f8")]})
    for text in REFUSED:
        try:
            context.evaluate(text)
        except (VarExprError, SyntaxError):
            continue
        raise SystemExit(f"xcube takes {text!r}")
    document = {
        "arrays": [
            {"name": name, "single": values.dtype == np.float32, "values": [written(one) for one in values.astype("f8")]}
            for name, values in (("a", SINGLE), ("d", DOUBLE), ("b", OTHER))],
        "results": results, "refused": REFUSED}
    target = Path(__file__).with_name("expressions.json")
    target.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
