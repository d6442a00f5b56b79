"""The treatment of masks by layers in each generation of Keras.

The source is a call of each layer on a masked input in Keras 1.2.2, 2.3.1, 2.15.0 and 3.15.1
(`fixtures/scripts/make_masks.py`, `tests/analyses/test_masks.py`).
"""

from __future__ import annotations

from lstmlint.ir.graph import MaskSupport
from lstmlint.keras.classes import Era, classes_with


def _support(
    era: Era,
    *,
    refuses: bool = False,
    merges_need_every_mask: bool = False,
    state_hides_mask: bool = False,
    asks_wrapped_layer: bool = False,
) -> MaskSupport:
    return MaskSupport(
        keeps=classes_with(lambda traits: era in traits.keeps_mask),
        uses=classes_with(lambda traits: era in traits.uses_mask),
        lets_go=classes_with(lambda traits: era in traits.lets_mask_go),
        refuses=refuses,
        merges_need_every_mask=merges_need_every_mask,
        state_hides_mask=state_hides_mask,
        asks_wrapped_layer=asks_wrapped_layer,
    )


KERAS_1 = _support(Era.KERAS_1, refuses=True)
STANDALONE_2 = _support(Era.STANDALONE_2, refuses=True, asks_wrapped_layer=True)
TENSORFLOW_2 = _support(Era.TENSORFLOW_2, asks_wrapped_layer=True)
KERAS_3 = _support(Era.KERAS_3, merges_need_every_mask=True, state_hides_mask=True)
