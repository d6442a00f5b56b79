"""An HDF5 file keeps a group or a tensor elsewhere: behind a link, in another file, or in other datasets.

## Why it matters

HDF5 can link to other files, store the bytes of a dataset in any file of the system, and make one dataset of parts of
others. Keras never writes any of these. Keras up to 3.13.1 read whatever file such a link names on the machine that
loads the model; its content became weights of the model, ready to be sent back (CVE-2026-1669). Keras 3.15.1
refuses links, external storage and virtual datasets anywhere on the path to a weight. lstmlint does not follow them
either, so the tensors behind them are unknown.

## Example

```console
$ lstmlint check --ignore portability fixtures/suspicious/external-link.weights.h5
fixtures/suspicious/external-link.weights.h5:layers/lstm/cell/vars/0: error[h5-external-storage]: is a link to \
'../private.h5:/values', so whoever reads it opens another file
    help: do not load this file before you know where it comes from; save the model again with model.save(); endangers \
Keras 3.0.0 to before 3.12.1, 3.13.0 to before 3.13.2 (CVE-2026-1669)
fixtures/suspicious/external-link.weights.h5: note[no-model-config]: holds the weights of 2 layers (3 tensors) and no \
architecture
    help: save the whole model with model.save(), or keep model.to_json() beside the weights and check that
1 error, 0 warnings, 1 note in 1 model
```

## Instead

```console
$ lstmlint check --ignore portability fixtures/broken/weights-only.h5
fixtures/broken/weights-only.h5: note[no-model-config]: holds the weights of 4 layers (11 tensors) and no architecture
    help: save the whole model with model.save(), or keep model.to_json() beside the weights and check that
could not judge 3 layers: the file holds its weights and no config
0 errors, 0 warnings, 1 note in 1 model
```

## Known limits

The whole group of the model is searched, even where Keras does not read: Keras loads a file whose link or external
storage is at a tensor that no layer asks for. At most sixteen files are named for one dataset.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lstmlint.analyses.objects import quoted
from lstmlint.ir.document import Detour, Elsewhere
from lstmlint.ir.finding import Finding, Location, Severity
from lstmlint.ir.model import Model
from lstmlint.keras.advisories import with_versions
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: The message for each way to keep data elsewhere.
MEANINGS: Mapping[Detour, str] = {
    Detour.EXTERNAL_LINK: "is a link to {target}, so whoever reads it opens another file",
    Detour.SOFT_LINK: "is a soft link to {target}, so what is read there is not what lies there",
    Detour.OTHER_LINK: "is a link of a kind that a program defines for itself",
    Detour.EXTERNAL_STORAGE: "keeps its bytes in {target}, so whoever reads it reads another file",
    Detour.VIRTUAL_DATASET: "is put together from other datasets, in {target} ('.' is this file)",
}


HELP = "do not load this file before you know where it comes from; save the model again with model.save()"

#: Links, and the group whose links Keras followed for longer.
LINKS = frozenset({Detour.EXTERNAL_LINK, Detour.SOFT_LINK})
WEIGHTS_GROUP = "model_weights"


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for fact in model.document.evidence.elsewhere:
        yield Finding(
            location=Location("", stored=fact.place),
            message=MEANINGS[fact.detour].format(target=quoted(fact.target)),
            help=with_versions(HELP, *_advisories(fact)),
        )


def _advisories(fact: Elsewhere) -> Iterator[str]:
    """The advisories on a place whose content lies elsewhere."""
    if fact.detour is not Detour.OTHER_LINK:
        yield "CVE-2026-1669"
    if fact.detour in LINKS and WEIGHTS_GROUP in fact.place.split("/"):
        yield "GHSA-27f4-p4xq-cxg8"
