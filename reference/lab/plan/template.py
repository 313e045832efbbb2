"""The deployed settings, read from `template.yaml`."""

from pathlib import Path
from typing import Any

from diagram_check.template import Template, TopologyError, read_template
from lab.plan.parameters import DAY, ParameterError


def deployed(path: Path) -> dict[str, Any]:
    """The settings that the template at `path` determines, by the names of `Settings`.

    Raises ParameterError if the file can't be read or lacks what a plan needs.
    """
    try:
        return _settings(read_template(path))
    except TopologyError as error:
        raise ParameterError(str(error)) from error


def _settings(template: Template) -> dict[str, Any]:
    found = {
        "memory_mb": template.value("ReadFunction", "MemorySize"),
        "architecture": template.value("ReadFunction", "Architectures")[0],
        "engine": template.setting("ReadFunction", "OCR_ENGINE"),
        "read_timeout": float(template.timeout_seconds("ReadFunction")),
        "read_batch": template.batch_size("ReadFunction"),
        "read_retention_days": template.value("ReceiptQueue", "MessageRetentionPeriod") / DAY,
        "retention_days": template.value("WriteQueue", "MessageRetentionPeriod") / DAY,
        "max_receives": template.value("WriteQueue", "RedrivePolicy", "maxReceiveCount"),
        "visibility_seconds": float(template.value("WriteQueue", "VisibilityTimeout")),
    }
    if "ProvisionedPollerConfig" in template.resource("ReadMapping").properties:
        pollers = template.value("ReadMapping", "ProvisionedPollerConfig", "MinimumPollers")
        return {**found, "poller_mode": "provisioned", "pollers": pollers}
    concurrency = template.max_concurrency("ReadFunction")
    return {**found, "poller_mode": "standard", "maximum_concurrency": concurrency}
