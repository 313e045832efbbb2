"""The command `review`: takes a design as a `diagrams` file, and answers property by property."""

import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qsl

import msgspec
import typer
from rich.console import Console

from lab.review.catalogue import DesignError, catalogue
from lab.review.drawn import Drawing, read_drawing
from lab.review.evidence import KINDS, Shown, describe
from lab.review.judge import Answer, Verdict, checked, judge, next_question, numbers, unanswered
from lab.review.recognise import recognise

COLOURS = {"holds": "green", "breaks": "red", "depends": "yellow"}
WORDS = {"depends": "it depends", "n/a": "does not apply"}


class Line(msgspec.Struct, frozen=True):
    """One property in `--json`."""

    property: str
    text: str
    verdict: str
    why: tuple[str, ...]
    on: tuple[str, ...]
    missing: tuple[str, ...]
    evidence: tuple[Shown, ...]


class Review(msgspec.Struct, frozen=True):
    """What `--json` prints."""

    design: Mapping[str, Answer]
    not_understood: list[str]
    not_judged: list[str]
    verdicts: tuple[Line, ...]
    next_question: str


def review(
    design: Annotated[
        str,
        typer.Argument(
            help="A Python file as `diagrams` takes, or an address of the design bench."
        ),
    ],
    *,
    answers: Annotated[
        Path | None, typer.Option(help="A TOML file with answers that no drawing gives.")
    ] = None,
    said: Annotated[
        list[str] | None,
        typer.Option("--set", help="An answer, as in --set rate=50. Comes before all others."),
    ] = None,
    asking: Annotated[
        bool, typer.Option("--ask/--no-ask", help="Ask for what is missing; on a terminal only.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the review as JSON.")] = False,
) -> None:
    """Review a design of your own: what holds, what breaks, and the evidence.

    A file is run, without drawing anything. Answers come from the drawing, from comments in it
    (`# review: rate = 50`), from --answers, from --set, and from you. Exit code 1 where a property
    breaks, 3 where none does and some could not be judged.
    """
    try:
        answers_drawn, drawing = _design(design)
        drawn = _checked(answers_drawn)
        given = drawn | _checked(_file(answers) | _options(said or []))
    except DesignError as error:
        raise typer.BadParameter(str(error)) from None
    if asking and not as_json and sys.stdin.isatty():
        given = ask(given)
    verdicts = judge(given)
    if as_json:
        sys.stdout.write(msgspec.json.encode(_review(given, drawing, verdicts)).decode() + "\n")
    else:
        _print_drawn(drawn, drawing)
        _print(given, verdicts)
    words = {it.word for it in verdicts}
    raise typer.Exit(1 if "breaks" in words else 3 if "not judged" in words else 0)


def _design(given: str) -> tuple[dict[str, str], Drawing]:
    """The answers of a drawing, and the drawing itself.

    Or, of the page's address, the answers of the first design in it, and an empty drawing.
    """
    path, is_address, fragment = given.partition("#")
    if is_address:
        said = {name: it for name, it in parse_qsl(fragment) if not name.startswith("2.")}
        return said, Drawing({}, (), {})
    drawing = read_drawing(Path(path))
    return recognise(drawing), drawing


def _checked(answers: Mapping[str, Any]) -> dict[str, Answer]:
    return {name: checked(name, answer) for name, answer in answers.items()}


def _file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise DesignError(f"{path}: {error}") from None


def _options(said: list[str]) -> dict[str, Any]:
    pairs = [it.partition("=") for it in said]
    if wrong := [name for name, equals, _ in pairs if not equals]:
        raise DesignError(f"--set takes NAME=ANSWER; got {', '.join(wrong)}")
    return {name.strip(): value.strip() for name, _, value in pairs}


def ask(given: dict[str, Answer], answer: Callable[[str], str] = input) -> dict[str, Answer]:
    """Ask for each answer that is missing; an empty one leaves it open."""
    console, skipped = Console(stderr=True, highlight=False), set[str]()
    while question := next((it for it in unanswered(given) if it.id not in skipped), None):
        console.print(f"\n[bold]{question.step}[/]: {question.ask}")
        for number, option in enumerate(question.options, 1):
            console.print(f"  {number}  {option.label}")
        typed = answer(f"{question.unit or 'number'} (Enter: leave it open) > ").strip()
        if not typed:
            skipped.add(question.id)
            continue
        try:
            if question.options and typed.isdigit() and 0 < int(typed) <= len(question.options):
                typed = question.options[int(typed) - 1].id
            given = given | {question.id: checked(question.id, typed)}
        except DesignError as error:
            console.print(f"[red]{error}[/]")
    return given


def _shown(verdict: Verdict, design: Mapping[str, Answer]) -> tuple[Shown, ...]:
    names = dict.fromkeys(it for rule in verdict.rules for it in rule.evidence)
    return tuple(describe(it, numbers(design)) for it in names)


def _review(
    design: Mapping[str, Answer], drawing: Drawing, verdicts: tuple[Verdict, ...]
) -> Review:
    texts = {it.id: it.text for it in catalogue().properties}
    return Review(
        design=design,
        not_understood=drawing.not_understood,
        not_judged=drawing.not_judged,
        verdicts=tuple(
            Line(
                property=it.property,
                text=texts[it.property],
                verdict=it.word,
                why=tuple(rule.why for rule in it.rules),
                on=tuple(rule.on for rule in it.rules if rule.on),
                missing=it.missing,
                evidence=_shown(it, design),
            )
            for it in verdicts
        ),
        next_question=next_question(verdicts),
    )


def _print_drawn(drawn: Mapping[str, Answer], drawing: Drawing) -> None:
    console = Console(highlight=False, soft_wrap=True)
    read = ", ".join(f"{name} = {answer}" for name, answer in drawn.items())
    console.print(f"read in the drawing: {read or 'nothing that I know'}", markup=False)
    if not_understood := ", ".join(drawing.not_understood):
        console.print(f"not understood, so said nothing of: {not_understood}", markup=False)
    if not_judged := ", ".join(drawing.not_judged):
        console.print(f"known by name, not judged: {not_judged}", markup=False)
        console.print("  ask for its pace, and where a refused row goes", markup=False)
    console.print()


def _print(design: Mapping[str, Answer], verdicts: tuple[Verdict, ...]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    known = catalogue()
    untouched = _untouched(verdicts)
    for diagram in sorted(untouched):
        console.print(f"[dim]not judged[/]     all of diagram {diagram}: nothing of it is said")
    for prop, verdict in zip(known.properties, verdicts, strict=True):
        if prop.diagram in untouched:
            continue
        colour = COLOURS.get(verdict.word, "dim")
        word = WORDS.get(verdict.word, verdict.word)
        console.print(f"[{colour}]{word:<14}[/] {prop.text}")
        for rule in verdict.rules:
            console.print(f"               {rule.why}", markup=False)
            if rule.on:
                console.print(f"               on {rule.on}", markup=False)
        for it in _shown(verdict, design):
            see = f"  $ {it.command}" if it.command else ""
            console.print(f"               [dim]{KINDS[it.kind]}:[/] ", end="")
            console.print(f"{it.text}{see}", markup=False)
        if verdict.word == "not judged":
            console.print(f"               {_why_not(verdict)}", markup=False)
    words = [it.word for it in verdicts]
    counts = ", ".join(f"{words.count(it)} {WORDS.get(it, it)}" for it in dict.fromkeys(words))
    console.print(f"\n{counts}\nthe next question: {next_question(verdicts)}", markup=False)


def _untouched(verdicts: tuple[Verdict, ...]) -> set[int]:
    """The diagrams of which nothing could be judged."""
    diagrams = {it.id: it.diagram for it in catalogue().properties}
    judged = {diagrams[it.property] for it in verdicts if it.word != "not judged"}
    return {*diagrams.values()} - judged


def _why_not(verdict: Verdict) -> str:
    if not verdict.missing:
        return "nothing of ours, and no page that we have read, covers this"
    asks = "; ".join(f"{it}: {catalogue().question(it).ask}" for it in verdict.missing)
    return f"say first (--set NAME=ANSWER): {asks}"
