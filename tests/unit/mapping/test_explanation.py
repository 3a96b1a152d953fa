"""Whatever the rules are, what is explained is what is posted."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.mapping.papers import charge, invoice, invoice_line
from tests.unit.mapping.test_document import leaves

from ml_connector.mapping import map_document
from ml_connector.mapping.result import text_of
from ml_connector.mapping.snapshot import snapshot_of
from ml_connector.partners import load, parse

EXAMPLE = load(Path(__file__).parents[3] / "examples" / "configuration")
LEDGER = snapshot_of(EXAMPLE)

LEVELS = st.sampled_from(["document", "line", "charge"])
CONDITIONS = st.sampled_from(
    ["{currency: USD}", "{amount: {above: 1000}}", "{supplier: 50005}", "{not: {currency: USD}}"]
)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "account": st.sampled_from(["4300", "6800", "7140"]),
        "branch": st.sampled_from(["1", "2"]),
        "vat_code": st.sampled_from(["0", "5"]),
        "description": st.sampled_from(["one", "two"]),
        "1": st.sampled_from(["100", "200"]),
    },
).filter(bool)
RULES = st.lists(st.tuples(LEVELS, CONDITIONS, VALUES), max_size=6)
LINES = st.lists(
    st.tuples(
        st.sampled_from(["GLT-1005", "GLT-1008", "NEW"]),
        st.decimals("1", "50", places=0),
        st.decimals("1", "700", places=2),
    ),
    min_size=1,
    max_size=4,
)
CHARGES = st.lists(
    st.tuples(
        st.sampled_from(["D240", "X1"]),
        st.decimals("1", "90", places=2),
        st.sampled_from(["charge", "allowance"]),
    ),
    max_size=2,
)


def written(rules):
    # Each rule also excludes a number of its own, so that none shadows another.
    lines = ["mode: layered", "rules:"]
    for n, (level, condition, values) in enumerate(rules):
        plain = [f'{name}: "{value}"' for name, value in values.items() if name != "1"]
        if "1" in values:
            plain.append(f'subaccount: {{1: "{values["1"]}"}}')
        when = f"{{all: [{condition}, {{not: {{number: never-{n}}}}}]}}"
        lines.append(f"  - {{name: r{n}, for: {level}, when: {when}, set: {{{', '.join(plain)}}}}}")
    return "\n".join(lines) + "\n"


@given(RULES, LINES, CHARGES)
@settings(max_examples=40, deadline=None)
def test_what_is_explained_is_what_is_posted(rules, lines, charges):
    configuration = parse(
        dict(EXAMPLE.files) | {"rules/00-first.yaml": written(rules)} if rules else EXAMPLE.files
    )
    paper = invoice(
        *(invoice_line(n, q, p, order="000052", seller=code) for n, (code, q, p) in enumerate(lines, 1)),
        charges=[charge(amount, code, "text", kind=kind) for code, amount, kind in charges],
    )
    partner = configuration.partner("great-lakes-tools")
    result = map_document(paper, partner, configuration, LEDGER, document_id="d")
    reasons = {decision.field: text_of(decision.value) for decision in result.decisions}
    posted = {field: value for field, value in leaves(result.body.body()) if not field.endswith("operation")}
    posted.pop("validateLineDetails")
    assert {field: reasons.get(field) for field in posted} == {
        field: text_of(value).removesuffix("T00:00:00") for field, value in posted.items()
    }
    charged = sum((a if kind == "charge" else -a for _, a, kind in charges), Decimal(0))
    lines_sum = sum((line.net_amount for line in paper.lines), Decimal(0)) + charged
    assert sum((line.cost_in_currency for line in result.body.invoice_lines), Decimal(0)) == lines_sum
