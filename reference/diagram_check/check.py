"""Holds plain diagrams to a template: the check from files to the differences that are left."""

from pathlib import Path

import msgspec

from diagram_check.compare import Difference, behind, by_pair, differences
from diagram_check.exceptions import NONE, Exceptions, read_exceptions, without_excused
from diagram_check.picture import Arrow, Pair, Picture
from diagram_check.plain import picture_of
from diagram_check.recorder import Recorded, record
from diagram_check.template import Place, Template, read_template, unexplained, wirings
from diagram_check.template.find_wirings import configures

# These carry no data themselves: what they do shows as an arrow between others, or not at all.
_SUPPORTING = (
    "AWS::ApiGateway::",
    "AWS::ApiGatewayV2::Api",
    "AWS::ApplicationAutoScaling::",
    "AWS::Certificate",
    "AWS::CloudWatch::",
    "AWS::Events::Rule",
    "AWS::KMS::",
    "AWS::Lambda::Alias",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Url",
    "AWS::Lambda::Version",
    "AWS::Route53::",
    "AWS::SNS::Subscription",
    "AWS::SSM::Parameter",
    "AWS::Serverless::Connector",
    "AWS::Serverless::LayerVersion",
)
_CARRIERS = ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")
WAY_OUT = "give the reason in a file of --exceptions"


class Result(msgspec.Struct, frozen=True):
    """What a check found."""

    diagrams: tuple[str, ...]
    template: Template
    picture: Picture
    differences: tuple[Difference, ...]
    unknown: tuple[tuple[Place, str], ...]
    """References of the template that no rule explains: nothing is claimed for them."""

    @property
    def unchecked(self) -> int:
        """Arrows to or from what stands outside, of which the template says nothing."""
        return sum(not it.claims for it in self.picture.arrows)


def check(diagrams: list[Path], template: Path, exceptions: Path | None = None) -> Result:
    """Compare the picture that the diagrams show together with the template, both ways.

    Raises:
        DiagramError, TopologyError, ExceptionsError: one of the files can't be read.
    """
    deployed = read_template(template)
    excused = read_exceptions(exceptions) if exceptions else NONE
    return held([record(it) for it in diagrams], deployed, excused, str(exceptions or ""))


def held(
    recorded: list[Recorded],
    template: Template,
    exceptions: Exceptions = NONE,
    listed_in: str = "",
) -> Result:
    """The same with files that have been read; `listed_in` is the file of the exceptions."""
    picture = picture_of(recorded, template)
    found = differences(picture, template, way_out=WAY_OUT) + not_drawn(picture, template)
    left = without_excused(found, exceptions, template, listed_in)
    names = tuple(it.path for it in recorded)
    unknown = tuple(dict.fromkeys(unexplained(template)))
    return Result(names, template, picture, tuple(left), unknown)


def not_drawn(picture: Picture, template: Template) -> list[Difference]:
    """The resources that are deployed and not drawn, with the arrows that each would bring."""
    shown = picture.ends | behind(picture.claimed, template)
    found = []
    for name, it in template.resources.items():
        if name in shown or is_supporting(it.type):
            continue
        place = Place(name, it.line)
        with_it = [
            f"{wiring.source} -> {wiring.target} ({wiring.how}, line {wiring.places[0].line})"
            for wiring in wirings(template)
            if name in (wiring.source, wiring.target)
        ]
        problem = f"{name} ({it.type}) is deployed and not drawn"
        problem += f"; with it {', '.join(with_it)}" if with_it else ""
        where, remedy = f"{template.shown_as}:{it.line}", f"Draw it, or {WAY_OUT}"
        found.append(
            Difference("part-not-drawn", name, where, problem, remedy, picture.where, (place,))
        )
    return found


def is_supporting(type_: str) -> bool:
    """Whether nothing of that type needs to be drawn."""
    return type_ not in _CARRIERS and (configures(type_) or type_.startswith(_SUPPORTING))


def evidence_of(arrow: Arrow, template: Template) -> dict[Pair, tuple[Place, ...]]:
    """The places behind an arrow, by the wirings that it stands for."""
    wired = by_pair(template)
    return {
        pair: tuple(place for it in wired.get(pair, ()) for place in it.places)
        for pair in arrow.claims
    }
