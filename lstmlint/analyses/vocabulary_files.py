"""Files with the words of lookups in an archive: each belongs to a layer that learned its words.

Source: `layers/preprocessing/index_lookup.py` (`save_assets`, `load_assets`) of Keras 2.15 and 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lstmlint.analyses import expected
from lstmlint.analyses.vocabularies import SPECIAL_TOKENS
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import Container, Member
from lstmlint.ir.memo import asked_once
from lstmlint.ir.model import Layer, Model

#: The layer in a TextVectorization that looks up.
INNER = "/_lookup_layer"


@dataclass(frozen=True, slots=True)
class VocabularyFile:
    """The place in an archive of the words of a layer, or of the lookup in it; no member where there is none.

    `has_folder` means that the archive holds the folder of the layer or something in it.
    """

    layer: Layer
    is_inner: bool
    member: Member | None
    has_folder: bool

    @property
    def content(self) -> bytes | None:
        """The bytes of the file; `None` where there is none, or where it was too large to be read."""
        member = self.member
        return member.start if member is not None and len(member.start) == member.size else None


@asked_once
def vocabulary_files(model: Model) -> Iterator[VocabularyFile]:
    """The files of all lookups whose words are not in the config; nothing where the container has no such files."""
    if model.document.container is not Container.KERAS:
        return
    members = model.document.evidence.members
    for owner in expected.owners(model):
        if _has_file(owner.layer):
            for inner in ("", INNER) if owner.layer.class_name == "TextVectorization" else ("",):
                yield _file(owner.layer, f"assets/{owner.groups[0]}{inner}/", members, is_inner=bool(inner))


def stored_words(model: Model, layer: Layer) -> list[str] | None:
    """The words in the file of a lookup, as Keras 3.14 and later read them; `None` where there is none."""
    for file in vocabulary_files(model):
        if file.layer is layer and file.content is not None:
            return list(_words(file.content.decode("utf-8", "replace")))
    return None


def without_files(model: Model) -> bool:
    """Whether an archive has no files of layers at all: Keras counts the members."""
    return len(model.document.evidence.members) <= USUAL_MEMBERS


#: An archive of so many members or fewer has no files of layers for Keras.
USUAL_MEMBERS = 3


def _has_file(layer: Layer) -> bool:
    is_lookup = layer.class_name in SPECIAL_TOKENS and not layer.node.is_custom
    return is_lookup and layer.config.get("vocabulary") is None


def _file(layer: Layer, folder: str, members: Sequence[Member], *, is_inner: bool) -> VocabularyFile:
    inside = [member for member in members if member.name.startswith(folder)]
    member = next((member for member in inside if member.name == f"{folder}vocabulary.txt"), None)
    return VocabularyFile(layer, is_inner, member, has_folder=bool(inside))


def _words(text: str) -> Iterator[str]:
    lines = text.splitlines()
    while lines and not lines[-1]:
        lines.pop()
    yield from lines
