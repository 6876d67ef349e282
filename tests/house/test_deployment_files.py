"""prefect.yaml and compose.yaml say what they must; no engine runs here, so compose.yaml is held against a schema."""

import importlib
import inspect
from typing import Any, Literal

import pytest
import yaml
from pydantic import BaseModel, ConfigDict

from tasks.adapters.inputs import cards
from tasks.adapters.prefect import local_stack
from tasks.adapters.settings import PROJECT


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Healthcheck(Strict):
    test: list[str]
    interval: str
    retries: int


class Dependency(Strict):
    condition: Literal["service_started", "service_healthy", "service_completed_successfully"]


class EnvFile(Strict):
    path: str
    required: bool = True


class Service(Strict):
    """What compose.yaml uses of the Compose Specification's services."""

    image: str | None = None
    build: str | None = None
    command: list[str] | None = None
    environment: dict[str, str] = {}
    env_file: list[EnvFile] = []
    ports: list[str] = []
    volumes: list[str] = []
    depends_on: dict[str, Dependency] = {}
    healthcheck: Healthcheck | None = None
    restart: Literal["no", "always", "on-failure", "unless-stopped"] = "no"


class Compose(Strict):
    name: str
    services: dict[str, Service]
    volumes: dict[str, None]


DEPLOYMENTS = yaml.safe_load((PROJECT / "prefect.yaml").read_text())["deployments"]


def test_compose_file_fits_the_specification() -> None:
    compose = Compose.model_validate(yaml.safe_load((PROJECT / "compose.yaml").read_text()))
    assert set(compose.services) == {"database", "server", "worker"}
    for service in compose.services.values():
        assert (service.image is None) != (service.build is None)
        assert service.build is None or (PROJECT / service.build / "Dockerfile").exists()
        for name, dependency in service.depends_on.items():
            assert dependency.condition != "service_healthy" or compose.services[name].healthcheck
        assert {volume.split(":")[0] for volume in service.volumes} <= set(compose.volumes)
        assert all(port.startswith("127.0.0.1:") for port in service.ports)
    assert {volume.split(":")[0] for one in compose.services.values() for volume in one.volumes} == set(compose.volumes)
    assert local_stack.POOL in str(compose.services["worker"].command)


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda deployment: deployment["name"])
def test_deployment_names_a_flow_and_parameters_that_exist(deployment: dict[str, Any]) -> None:
    module, _, name = deployment["entrypoint"].rpartition(".")
    flow = getattr(importlib.import_module(module), name)
    taken = inspect.signature(flow.fn).parameters
    assert set(deployment["parameters"]) <= set(taken)
    assert all(
        parameter.default is not inspect.Parameter.empty or key in deployment["parameters"]
        for key, parameter in taken.items()
    )
    if "plan" in deployment["parameters"]:
        cards.read_plan(deployment["parameters"]["plan"])
    assert deployment["work_pool"]["name"] == local_stack.POOL
    assert deployment["concurrency_limit"]["limit"] == 1
    assert deployment["description"].endswith(".")
    assert "distillometer" in deployment["tags"]


def test_weekly_is_due_each_monday_morning() -> None:
    scheduled = {deployment["name"]: deployment.get("schedules") for deployment in DEPLOYMENTS}
    others = dict.fromkeys(("evaluate", "score", "publish"))
    assert scheduled == {"weekly": [{"cron": "0 6 * * 1", "timezone": "UTC"}], **others}
