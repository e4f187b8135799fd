"""``claims assess``: what it reads, writes, refuses and exits with."""

import csv
import io
import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from claims.cli import COMMANDS, main
from claims.config import data_folder
from claims.exchange.assessments import ASSESSMENT_COLUMNS
from claims.exchange.rows import FACT_COLUMNS, flatten_facts
from claims.rules.engine import RULES
from claims.rules.facts import Engagement
from tests.builders import BASE_RECORD, a_record, facts_of
from tests.worked_examples import EXAMPLES, WorkedExample

CLAIMS = [sys.executable, "-c", "from claims.cli import main; main(prog_name='claims')"]
FINE = json.dumps(BASE_RECORD)
FAILING = json.dumps(a_record({"learner": {"engagement": "self-employed"}}))
MALFORMED = json.dumps(a_record({"learner": {"engagement": "boss"}}))


def run(*arguments: str, given: str | bytes = "") -> Result:
    return CliRunner().invoke(main, ["assess", *arguments, "--today", "2025-06-01"], input=given)


def run_for_real(*arguments: str, given: str = "", **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*CLAIMS, *arguments], input=given, capture_output=True, text=True, check=False, encoding="utf-8", **options
    )


def as_csv(*records: dict[str, dict[str, Any]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, FACT_COLUMNS)
    writer.writeheader()
    writer.writerows(flatten_facts(facts_of(record)) for record in records)
    return out.getvalue()


def hold(example: WorkedExample, assessment: dict[str, Any]) -> None:
    if example.outcome:
        assert assessment["outcome"] == example.outcome
    if example.last_day_to_claim:
        assert assessment["last_day_to_claim"] == example.last_day_to_claim
    assert {name: assessment["amount"][name] for name in example.amount} == example.amount
    findings = {finding["rule"]: finding for finding in assessment["findings"]}
    assert {rule: findings[rule]["outcome"] for rule in example.findings} == example.findings
    for rule, part in example.saying.items():
        assert part in findings[rule]["message"]


# The worked examples.


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_every_worked_example_holds(example: WorkedExample):
    result = CliRunner().invoke(
        main, ["assess", "--today", example.today, "--format", "json"], input=json.dumps(example.record)
    )
    assert result.exit_code == (0 if example.outcome in ("eligible", None) else 1), result.stderr
    hold(example, json.loads(result.stdout))


@pytest.mark.parametrize("form", ["list", "lines", "csv"])
def test_all_worked_examples_hold_together(form: str):
    records = [example.record for example in EXAMPLES]
    given = {
        "list": json.dumps(records),
        "lines": "\n".join(map(json.dumps, records)),
        "csv": as_csv(*records),
    }[form]
    result = run("--format", "jsonl", given=given)
    assert result.exit_code == 1
    assessed = [json.loads(line) for line in result.stdout.splitlines()]
    for example, assessment in zip(EXAMPLES, assessed, strict=True):
        hold(example, assessment)


def test_a_submitted_claim_is_the_same_on_any_day():
    on_the_day = run("--format", "json", given=FINE).stdout
    assert CliRunner().invoke(main, ["assess", "--today", "2027-01-01"], input=FINE).stdout == on_the_day


# What it writes.


def test_one_record_gives_one_object():
    result = run(given=FINE)
    assessment = json.loads(result.stdout)
    assert assessment["outcome"] == "eligible"
    assert [finding["rule"] for finding in assessment["findings"]] == [
        rule.__name__.replace("_", "-") for rule in RULES
    ]
    assert (result.exit_code, result.stderr) == (0, "Assessed 1 record: 1 eligible.\n")


@pytest.mark.parametrize(
    ("given", "begins"),
    [(f"[{FINE}]", "[\n{"), (f"{FINE}\n{FINE}\n", '{"outcome"'), (as_csv(BASE_RECORD), "line,outcome,")],
)
def test_without_a_format_it_writes_as_it_reads(given: str, begins: str):
    assert run(given=given).stdout.startswith(begins)


def test_a_list_gives_a_list():
    assessments = json.loads(run(given=f"[{FINE}, {FAILING}]").stdout)
    assert [assessment["outcome"] for assessment in assessments] == ["eligible", "ineligible"]


def test_csv_has_the_promised_columns():
    result = run("--format", "csv", given=f"{FINE}\n\n{FAILING}\n")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert tuple(rows[0]) == ASSESSMENT_COLUMNS
    assert [(row["line"], row["outcome"], row["fails"]) for row in rows] == [
        ("1", "eligible", ""),
        ("3", "ineligible", "learner-engagement-is-funded"),
    ]
    assert rows[0]["amount.payable_gbp"] == "924.00"
    assert "self-employed" in rows[1]["messages"]


def test_a_table_of_one_record_says_failures_first():
    out = run("--format", "table", given=FAILING).stdout
    assert out.startswith("Outcome        Ineligible\n")
    assert out.index("Not met") < out.index("learner-engagement-is-funded") < out.index("\nMet\n")
    assert "£924.00" in out
    assert "10 August 2025" in out
    assert out.index("check with the scheme") > 0


def test_a_table_of_a_record_of_nothing_says_what_is_missing():
    result = run("--format", "table", given="{}")
    assert result.exit_code == 1
    assert "Not known yet" in result.stdout
    assert "Payable        not known" in result.stdout
    assert "Course         not known" in result.stdout


def test_a_table_of_many_has_a_line_each():
    out = run("--format", "table", given=f"{FINE}\n{FAILING}\n{{}}\n").stdout.splitlines()
    assert out[1].split() == ["1", "eligible", "610/4009/5", "£924.00", "2025-08-10"]
    assert out[2].split()[:2] == ["2", "ineligible"]
    assert out[2].endswith("learner-engagement-is-funded")
    assert out[3].split()[:5] == ["3", "incomplete", "-", "not", "known"]


def test_an_answer_to_a_formula_is_not_a_formula():
    record = a_record({"claim": {"overlapping": {"own": ["=1+1"], "another_employer": False}}})
    (row,) = csv.DictReader(io.StringIO(run("--format", "csv", given=json.dumps(record)).stdout))
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())


# What it exits with.


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (FINE, 0),
        (f"{FINE}\n{FINE}", 0),
        (FAILING, 1),
        (f"{FINE}\n{FAILING}", 1),
        ("{}", 1),
        (json.dumps(a_record({"employer": {"committed_gbp": "399999.00"}})), 1),
        (MALFORMED, 2),
        (f"{FINE}\n{MALFORMED}\n{FAILING}", 2),
        ("", 2),
        ("[]", 2),
        (",".join(FACT_COLUMNS), 2),
    ],
)
def test_the_exit_code_says_whether_all_are_eligible(given: str, code: int):
    assert run(given=given).exit_code == code


def test_every_wrong_field_is_reported_by_line_and_the_rest_is_assessed():
    result = run(
        "--format", "jsonl", given=f'{FINE}\n{MALFORMED}\n{{"claim": {{"part": 1}}, "x": 2}}\nnonsense\n{FAILING}'
    )
    assert result.exit_code == 2
    assert [json.loads(line) and json.loads(line)["outcome"] for line in result.stdout.splitlines()] == [
        "eligible", None, None, None, "ineligible",
    ]  # fmt: skip
    assert result.stderr.splitlines() == [
        f"line 2: learner.engagement must be one of: {', '.join(Engagement)}",
        "line 3: claim.part must be one of: full, start, completion",
        "line 3: x is not the name of a fact",
        "line 4: this is not JSON: expecting value, at character 1",
        "Assessed 2 records: 1 eligible, 1 ineligible, 3 more could not be read.",
    ]


def test_what_is_reported_cannot_drive_the_terminal():
    result = run(given='{"\\u001b[2J\\ud800": 1}')
    assert "\x1b" not in result.stderr
    assert "line 1: \\x1b[2J\\ud800 is not the name of a fact" in result.stderr


def test_only_refused_records_give_no_assessment():
    result = run(given=MALFORMED)
    assert (result.exit_code, result.stdout) == (2, "null\n")
    assert "Assessed 0 records: 1 more could not be read." in result.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "standard input: there is nothing in it"),
        ("[]", "standard input: there are no records in it"),
        (",".join(FACT_COLUMNS), "standard input: there are no records in it"),
        ("learner.shoe\n9\n", "standard input, line 1: “learner.shoe” is not the name of a fact"),
        (f"[{FINE},\n", "standard input, line 2: this is not JSON: expecting value"),
        (b"fund.open\ntr\x00ue\n", "standard input, line 2: this line has a NUL byte in it"),
        ('{\n"fund": NaN}', "standard input, line 1: this is not JSON: NaN is no value"),
    ],
)
def test_input_that_cannot_be_read_on_says_where(given: str | bytes, said: str):
    result = run(given=given)
    assert result.exit_code == 2
    assert f"Error: {said}" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.json"], "'nowhere.json' does not exist"),
        (["."], "is a directory"),
        (["--today", "1 May"], "does not match the format"),
        (["--format", "xlsx"], "is not one of"),
        (["--courses", "nowhere.csv"], "'nowhere.csv' does not exist"),
        (["--frobnicate"], "No such option"),
    ],
)
def test_a_command_that_makes_no_sense_is_refused(arguments: list[str], said: str):
    result = CliRunner().invoke(main, ["assess", *arguments], input=FINE)
    assert result.exit_code == 2
    assert said in result.stderr


# Another course list.


def test_another_course_list_may_be_used(tmp_path: Path):
    ours = (data_folder("reference") / "eligible_courses.csv").read_text(encoding="utf-8")
    mine = tmp_path / "mine.csv"
    mine.write_text(ours.replace("1540.00", "1000.00"), encoding="utf-8")
    assessment = json.loads(run("--courses", str(mine), given=FINE).stdout)
    assert assessment["course"]["max_reimbursement_gbp"] == "1000.00"
    assert assessment["amount"]["payable_gbp"] == "600.00"


def test_a_faulty_course_list_is_refused_with_its_faults(tmp_path: Path):
    mine = tmp_path / "mine.csv"
    mine.write_text("code,title\nLTS,Lead to Succeed\n", encoding="utf-8")
    result = run("--courses", str(mine), given=FINE)
    assert result.exit_code == 2
    assert f"{mine}, row 1, paid_from: is missing" in result.stderr


# A file to write to.


def test_the_ending_of_the_output_decides_the_form(tmp_path: Path):
    for ending, begins in ((".json", "{\n"), (".jsonl", '{"'), (".csv", "line,"), (".txt", "{\n")):
        output = tmp_path / f"result{ending}"
        result = run("--output", str(output), given=FINE)
        assert output.read_text(encoding="utf-8").startswith(begins)
        assert (result.stdout, result.stderr) == ("", f"Assessed 1 record: 1 eligible. Written to {output}.\n")


def test_output_is_written_even_when_some_records_are_refused(tmp_path: Path):
    output = tmp_path / "result.csv"
    assert run("--output", str(output), given=f"{FINE}\n{MALFORMED}\n").exit_code == 2
    assert len(output.read_text(encoding="utf-8").splitlines()) == 2


def test_output_that_would_be_cut_short_does_not_appear(tmp_path: Path):
    output = tmp_path / "result.json"
    output.write_text("as it was", encoding="utf-8")
    result = run("--output", str(output), given=f"[{FINE},\n{FINE}")
    assert result.exit_code == 2
    assert f"({output} is not written)" in result.stderr
    assert output.read_text(encoding="utf-8") == "as it was"
    assert list(tmp_path.iterdir()) == [output]


def test_a_list_that_is_cut_short_does_not_look_complete_on_standard_output():
    result = run(given=f"[{FINE},\n{FINE}")
    assert "(what came before is assessed)" in result.stderr
    with pytest.raises(json.JSONDecodeError):
        json.loads(result.stdout)


def test_output_may_replace_its_input(tmp_path: Path):
    file = tmp_path / "claims.jsonl"
    file.write_text(f"{FINE}\n{FINE}\n", encoding="utf-8")
    file.chmod(0o640)
    assert run(str(file), "--output", str(file)).exit_code == 0
    assert [json.loads(line)["outcome"] for line in file.read_text(encoding="utf-8").splitlines()] == ["eligible"] * 2
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_new_file_has_the_usual_permissions(tmp_path: Path):
    mask = os.umask(0o027)
    try:
        run("--output", str(tmp_path / "new.json"), given=FINE)
    finally:
        os.umask(mask)
    assert (tmp_path / "new.json").stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(tmp_path: Path):
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("", encoding="utf-8")
    link.symlink_to(real)
    run("--output", str(link), given=FINE)
    assert link.is_symlink()
    assert json.loads(real.read_text(encoding="utf-8"))["outcome"] == "eligible"


def test_a_device_is_written_to_and_not_replaced():
    assert run("--output", os.devnull, given=FINE).exit_code == 0
    assert not Path(os.devnull).is_file()


def test_output_that_cannot_be_written_is_refused(tmp_path: Path):
    result = run("--output", str(tmp_path / "none" / "result.json"), given=FINE)
    assert result.exit_code == 2
    assert "No such file or directory" in result.stderr
    assert "Traceback" not in result.output


def test_a_full_disk_is_reported():
    result = run("--output", "/dev/full", given=FINE)
    assert result.exit_code == 2
    assert "No space left on device" in result.stderr


# The command itself.


def test_help_shows_an_example():
    for arguments in (["--help"], ["assess", "--help"]):
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0
        assert "claims assess" in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_found_and_shows_an_example(name: str):
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert f"claims {name}" in result.stdout.partition("Example")[2]


def test_an_unknown_command_is_refused():
    assert "No such command 'asses'" in CliRunner().invoke(main, ["asses"]).stderr


def test_the_real_command_reads_a_file(tmp_path: Path):
    file = tmp_path / "claim.json"
    file.write_text(json.dumps(BASE_RECORD, indent=2), encoding="utf-8")
    result = run_for_real("assess", str(file), "--today", "2025-06-01")
    assert (result.returncode, json.loads(result.stdout)["outcome"]) == (0, "eligible")
    assert result.stderr == "Assessed 1 record: 1 eligible.\n"


def test_the_real_command_reads_standard_input_under_any_locale():
    result = run_for_real(
        "assess",
        "--format",
        "table",
        "--today",
        "2025-06-01",
        given=FAILING,
        env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONPATH": str(Path.cwd())},
    )
    assert result.returncode == 1
    assert "£924.00" in result.stdout


def test_without_today_the_clock_is_asked():
    result = run_for_real("assess", given="{}")
    assert result.returncode == 1
    assert json.loads(result.stdout)["outcome"] == "incomplete"


def test_assessing_loads_neither_the_web_nor_the_database():
    code = (
        "import sys\nfrom claims.cli import main\n"
        "main(['assess', '--today', '2025-06-01'], standalone_mode=False)\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & "
        "{'flask', 'sqlalchemy', 'wtforms', 'jinja2', 'openpyxl', 'apscheduler'}), file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], input=FINE, capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert result.stderr.splitlines()[-1] == "[]"


def test_a_reader_that_goes_away_is_no_reason_to_complain(tmp_path: Path):
    file = tmp_path / "claims.jsonl"
    file.write_text(f"{FINE}\n" * 200, encoding="utf-8")
    with subprocess.Popen([*CLAIMS, "assess", str(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


def test_an_interrupted_command_leaves_nothing_behind(tmp_path: Path):
    output = tmp_path / "result.jsonl"
    with subprocess.Popen(
        [*CLAIMS, "assess", "--output", str(output)],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Whoever runs the tests in the background may have Ctrl-C ignored, and a child inherits that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  no threads here
    ) as process:
        assert process.stdin
        process.stdin.write(f"{FINE}\n".encode() * 200)
        process.stdin.flush()
        until = time.monotonic() + 20
        while not list(tmp_path.iterdir()) and time.monotonic() < until:
            time.sleep(0.02)
        assert [file.name.startswith(".result.jsonl.") for file in tmp_path.iterdir()] == [True]
        process.send_signal(signal.SIGINT)
        process.wait(20)
    assert list(tmp_path.iterdir()) == []


def read_terminal(arguments: list[str], tmp_path: Path, *, out_to_terminal: bool) -> str:
    """What a person would see on a terminal to which standard error, and perhaps standard output, goes."""
    master, terminal = pty.openpty()
    seen = b""
    with (tmp_path / "out").open("wb") as out:
        process = subprocess.Popen(
            [*CLAIMS, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=terminal if out_to_terminal else out,
            stderr=terminal,
        )
        os.close(terminal)
        try:
            while piece := os.read(master, 65536):
                seen += piece
        except OSError:
            # Linux says so when the last writer has gone.
            pass
        finally:
            process.wait(30)
            os.close(master)
    return seen.decode()


def test_a_terminal_shows_how_far_it_has_come(tmp_path: Path):
    file = tmp_path / "claims.jsonl"
    file.write_text(f"{FINE}\n" * 3000, encoding="utf-8")
    seen = read_terminal(["assess", str(file)], tmp_path, out_to_terminal=False)
    assert "% " in seen
    assert " records" in seen
    assert seen.endswith("Assessed 3,000 records: 3,000 eligible.\r\n")
    assert len((tmp_path / "out").read_bytes().splitlines()) == 3000


def test_on_a_terminal_the_answer_is_a_table_without_a_bar(tmp_path: Path):
    file = tmp_path / "claim.json"
    file.write_text(FINE, encoding="utf-8")
    seen = read_terminal(["assess", str(file)], tmp_path, out_to_terminal=True)
    assert seen.startswith("Outcome        Eligible")
    assert "\x1b" not in seen
