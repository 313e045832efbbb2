"""Facts with the tag B, as far as they are numbers in the service models of the pinned botocore."""

import botocore.session
import pytest
from botocore.model import StructureShape

from lab.plan.quotas import BY_NAME

IN_THE_MODEL = {
    "MAXIMUM_CONCURRENCY_LOW": ("lambda", "MaximumConcurrency", "min"),
    "MAXIMUM_CONCURRENCY_HIGH": ("lambda", "MaximumConcurrency", "max"),
    "POLLERS_HIGH": ("lambda", "MinimumNumberOfPollers", "max"),
    "MAPPING_BATCH": ("lambda", "BatchSize", "max"),
    "MAPPING_WINDOW": ("lambda", "MaximumBatchingWindowInSeconds", "max"),
}


@pytest.mark.parametrize("name", IN_THE_MODEL)
def test_a_fact_from_the_service_model_is_the_pinned_ones_too(name: str) -> None:
    service, shape, bound = IN_THE_MODEL[name]
    model = botocore.session.get_session().get_service_model(service)
    assert BY_NAME[name].tag == "B"
    assert BY_NAME[name].value == model.shape_for(shape).metadata[bound]


def test_a_days_tries_on_a_bus_are_the_service_models() -> None:
    model = botocore.session.get_session().get_service_model("events")
    assert model.shape_for("MaximumEventAgeInSeconds").metadata["max"] == 24 * 3600
    assert BY_NAME["DESTINATION_CLOCK"].value == 24


def test_the_pinned_model_still_says_both_of_private_api_destinations() -> None:
    """If this fails, AWS no longer contradicts itself: `docs/explanation/push-or-pull.md`."""
    model = botocore.session.get_session().get_service_model("events")
    says = model.operation_model("CreateApiDestination").documentation
    assert "do not support private destinations" in says
    connection = model.shape_for("CreateConnectionRequest")
    assert isinstance(connection, StructureShape)
    assert "private APIs" in connection.members["InvocationConnectivityParameters"].documentation
