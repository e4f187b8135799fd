"""Tells the build what the service needs: the list of ``requirements/app.in``, so that it is written once."""

from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface


class AppRequirements(MetadataHookInterface):
    def update(self, metadata: dict[str, object]) -> None:
        lines = (Path(self.root) / "requirements" / "app.in").read_text().splitlines()
        metadata["dependencies"] = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
