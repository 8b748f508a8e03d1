"""What runs that ended do: each by its kind of job, in the order of their ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ips_contract.mock.effects.exporting import export, with_archive
from ips_contract.mock.effects.publishing import CONTEXTS, publish
from ips_contract.mock.effects.uploading import read_options, upload
from ips_contract.mock.operations.job_details import element_of, note_sub_type
from ips_contract.mock.state.effect import Effect
from ips_contract.xml.parser import children, local_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from ips_contract.mock.state.effect import FileResult
    from ips_contract.mock.state.lifecycle import Job, Run
    from ips_contract.mock.state.store import Store

MOST_LOOKED_AT = 300_000  # Assets, by the publish jobs that are settled together.
# Field of an upload → the publish job that follows it.
_FOLLOWING = {f"post{kind[0].upper()}{kind[1:]}": kind for kind in CONTEXTS}


class _Publication(NamedTuple):
    """A publish job, as ``publish`` takes it."""

    company: str
    kind: str
    options: Mapping[str, str]
    outcome: str
    at: datetime

    @property
    def key(self) -> tuple[str | None, ...]:
        """What is the same of those that publish the same."""
        options = self.options
        what = (options.get("publishType"), options.get("contextHandle"))
        return (self.company, self.kind, self.outcome, *what)


class Settling:
    """The runs that are settled together.

    A schedule may have had a thousand runs since anybody looked. Of one job's the first and the
    last are done; for those between, whose work the last does again, its result stands. So do
    publish jobs of one kind with no upload between them share theirs; after MOST_LOOKED_AT assets
    also those with uploads between, and the last of them is played once more at the end.
    """

    def __init__(self, store: Store, ended: list[tuple[Run, datetime]]) -> None:
        self._store = store
        self._ended = ended
        self._last = {run.job.number: run for run, _ in ended}
        self._first: dict[int, Run] = {}
        self._between: dict[int, list[Run]] = {}
        self._published: dict[tuple[str | None, ...], Effect] = {}
        self._again: dict[tuple[str | None, ...], _Publication] = {}
        self._read = self._looked_at = 0

    def settle(self) -> int:
        """Does what they do; bytes of documents that were read."""
        for run, at in self._ended:
            number = run.job.number
            outcome = self._store.jobs.outcome_of(run)
            if outcome in ("stopped", "fatal"):
                run.effect = Effect(outcome)
            elif number in self._first and self._last[number] is not run:
                self._between.setdefault(number, []).append(run)
            else:
                run.effect = self._effect(run, outcome, at)
                self._first.setdefault(number, run)
        for number, runs in self._between.items():
            stands = self._last[number].effect
            if stands is None or stands.outcome in ("stopped", "fatal"):
                stands = self._first[number].effect
            for run in runs:
                run.effect = stands
        self._publish_again()
        return self._read

    def _effect(self, run: Run, outcome: str, at: datetime) -> Effect:
        job, store = run.job, self._store
        element = element_of(job)
        self._read += len(job.source)
        if job.kind in CONTEXTS:
            options = read_options(element)
            note_sub_type(job, options.get("publishType", ""))
            return self._publish(job, options, outcome, at)
        if job.kind == "exportJob":
            results, exported = export(store, run, element, outcome)
            effect = Effect(outcome, results)
            store.logged.add(effect)
            return with_archive(store.archives, run, effect, exported, at)
        if self._looked_at < MOST_LOOKED_AT:
            self._publish_again()
            self._published.clear()
        effect = Effect(outcome, upload(store, job, element, outcome, at))
        store.logged.add(effect)
        for child in children(element) if element is not None else ():
            following = _FOLLOWING.get(local_name(child))
            if following is not None:
                options = read_options(child)
                self._play(_Publication(job.company, following, options, "success", at))
        return effect

    def _publish(self, job: Job, options: Mapping[str, str], outcome: str, at: datetime) -> Effect:
        publication = _Publication(job.company, job.kind, options, outcome, at)
        known = self._published.get(publication.key)
        if known is not None and options.get("publishType") == "Incremental":
            self._again[publication.key] = publication
            return known if outcome == "errors" else Effect(outcome)
        if known is not None:
            self._again[publication.key] = publication
            return known
        effect = self._published[publication.key] = Effect(outcome, self._play(publication))
        self._store.logged.add(effect)
        return effect

    def _play(self, publication: _Publication) -> Sequence[FileResult]:
        """Publishes, or puts it off to the end if too much was looked at."""
        if self._looked_at >= MOST_LOOKED_AT:
            self._again[publication.key] = publication
            return ()
        self._looked_at += sum(1 for _ in self._store.library.assets(publication.company))
        return publish(self._store, *publication)

    def _publish_again(self) -> None:
        """Does the last of each of the publish jobs that had the result of another."""
        for publication in self._again.values():
            publish(self._store, *publication)
        self._again.clear()
