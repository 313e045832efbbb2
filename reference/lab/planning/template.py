"""The deployed numbers: settings read off `template.yaml`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from lab.planning.parameters import DAY, ParameterError


def deployed(path: Path) -> dict[str, Any]:
    """What the template at `path` fixes, by the names of `Settings`.

    Raises ParameterError where the file can't be read or lacks what a plan needs.
    """
    try:
        template = yaml_parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ParameterError(f"{path}: can't be read: {error.strerror}") from error
    except Exception as error:  # the parser raises whatever its YAML library does
        raise ParameterError(f"{path}: is not YAML: {error}") from error
    read = _Properties(path, template)
    function, mapping = read.of("ReadFunction"), read.of("ReadMapping")
    found = {
        "memory_mb": function("MemorySize"),
        "architecture": function("Architectures")[0],
        "engine": function("Environment", "Variables", "OCR_ENGINE"),
        "read_timeout": float(function("Timeout")),
        "read_batch": mapping("BatchSize"),
        "read_retention_days": read.of("ReceiptQueue")("MessageRetentionPeriod") / DAY,
        "retention_days": read.of("WriteQueue")("MessageRetentionPeriod") / DAY,
        "visibility_seconds": float(read.of("WriteQueue")("VisibilityTimeout")),
    }
    if "ProvisionedPollerConfig" in read.resource("ReadMapping"):
        found["poller_mode"] = "provisioned"
        found["pollers"] = mapping("ProvisionedPollerConfig", "MinimumPollers")
    else:
        found["poller_mode"] = "standard"
        found["maximum_concurrency"] = mapping("ScalingConfig", "MaximumConcurrency")
    return found


Yaml = Any
"""A value out of a YAML file."""


class _Properties:
    """Looks properties up, and says where one is missing."""

    def __init__(self, path: Path, template: Yaml) -> None:
        self._path = path
        self._template = template if isinstance(template, Mapping) else {}

    def resource(self, name: str) -> dict[str, Any]:
        try:
            resource = self._template["Resources"][name]
            properties = resource.get("Properties", {})
        except (KeyError, TypeError, AttributeError):
            raise ParameterError(f"{self._path}: has no resource {name}") from None
        if resource.get("Type") == "AWS::Serverless::Function":
            return {**self._template.get("Globals", {}).get("Function", {}), **properties}
        return dict(properties)

    def of(self, name: str) -> Callable[..., Yaml]:
        """A look-up of the resource's properties, by their path."""
        properties = self.resource(name)

        def value(*keys: str) -> Yaml:
            found: Yaml = properties
            for key in keys:
                if not isinstance(found, Mapping) or key not in found:
                    raise ParameterError(f"{self._path}: {name} has no {'.'.join(keys)}")
                found = found[key]
            return found

        return value
