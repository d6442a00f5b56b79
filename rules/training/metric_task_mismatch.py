"""A metric does not measure the task for which the model is trained.

## Why it matters

`accuracy` is made for classes. Keras chooses by the shapes. For one output it takes binary accuracy, which makes 1 of
each prediction above 0.5 and 0 of any other; for several it takes categorical accuracy, which only looks for the
largest number. Neither shows how far off a number is. For predictions of 0.9 and 0.2 on targets 1 and 0 it is 1.0,
though no number is right. On prices it stayed at 0.0 from the first epoch to the last while the error fell, which
looks like a model that does not learn. Only the class `keras.metrics.Accuracy` asks whether numbers are equal.
Precision, Recall and AUC compare probabilities with targets of the same shape. sparse_categorical_crossentropy takes
class numbers, which have another shape: Keras 3.15.1 refuses them with "incompatible shapes for broadcasting", and
`sparse_categorical_accuracy` with one-hot targets too. `categorical_accuracy` with class numbers is taken, and
false: it gave 0.16 where the right one gave 0.33. `binary_accuracy` of a softmax counts each class alone, and most
are rightly below 0.5: it gave 0.68 where 0.30 were right. With one-hot targets of several classes Precision and its
like count all classes together, which their names do not promise, so that is a note.

## Example

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 50}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]},
 "compile_config": {"optimizer": "adam", "loss": "mse", "metrics": ["accuracy"]}}
```

```console
$ lstmlint check example.json
example.json:5:3: warning[metric-task-mismatch]: next_day: predicts numbers by mean_squared_error, but accuracy \
asks only whether each is above 0.5
    see: example.json:6:69: training: the metric is accuracy
    help: compile with metrics=['mae'] or another metric of distance, unless the targets are classes
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "keras_version": "3.15.1",
 "config": {"name": "price", "layers": [
  {"class_name": "InputLayer", "config": {"name": "days", "batch_shape": [null, 60, 1]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 50}},
  {"class_name": "Dense", "config": {"name": "next_day", "units": 1}}]},
 "compile_config": {"optimizer": "adam", "loss": "mse", "metrics": ["mae"]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A sigmoid or softmax with mse may be a classification (the Brier score), whose accuracy makes sense; so may a linear
output, which is reported as well. Keras 2.2 and older round to the next whole number and do not compare with 0.5.
Custom metrics and losses are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.activations import Activation
from lstmlint.analyses.training import Loss, Metric, Output, location_in_record, outputs
from lstmlint.ir.document import Document
from lstmlint.ir.finding import Confidence, Finding, Related, Severity
from lstmlint.ir.model import Model
from lstmlint.keras.compiled import EQUALITY, REGRESSION_LOSSES
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: The metric that Keras chooses by the width of the output: binary for 1, categorical for more.
BY_WIDTH = "accuracy"
BINARY, CATEGORICAL = "binary_accuracy", "categorical_accuracy"

#: Losses of one class of several, and accuracies whose targets are vectors, or numbers of classes.
FORMS = frozenset({"categorical_crossentropy", "sparse_categorical_crossentropy"})
OF_VECTORS = frozenset({CATEGORICAL, "top_k_categorical_accuracy", BINARY})
OF_NUMBERS = frozenset({"sparse_categorical_accuracy", "sparse_top_k_categorical_accuracy"})

ACCURACIES = frozenset({
    EQUALITY, BY_WIDTH, BINARY, CATEGORICAL, "sparse_categorical_accuracy", "top_k_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
})  # fmt: skip

#: Beginnings of the versions whose binary accuracy rounds; the beginning and the end of those of TensorFlow's Keras,
#: whose binary accuracy does not.
ROUNDING_VERSIONS, OF_TENSORFLOW = ("1.", "2.0.", "2.1.", "2.2."), ("2.2.", "-tf")

#: Metrics that compare each value with a threshold.
THRESHOLD_METRICS = frozenset({"precision", "recall", "auc"})

#: Activations whose values may be classes.
CLASS_ACTIVATIONS = frozenset({"sigmoid", "hard_sigmoid", "softmax", "sparsemax"})


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for output in outputs(model):
        loss, activation = output.loss, output.activation
        if not isinstance(loss, Loss) or not isinstance(activation, Activation):
            continue
        counting = [metric for metric in output.metrics if metric.name in ACCURACIES]
        comparing = [metric for metric in output.metrics if metric.name in THRESHOLD_METRICS]
        if counting and loss.name in REGRESSION_LOSSES and activation.name not in CLASS_ACTIVATIONS:
            yield _counted(model, output, loss, counting[0])
        for metric in counting:
            words = _of_another_kind(output, loss, metric) if activation.name == "softmax" else None
            if words is not None:
                yield _other_kind(model, output, loss, metric, words)
        mixed = [metric for metric in comparing if _is_of_all_classes(output, metric)]
        if mixed and activation.name == "softmax":
            yield _classes(model, output, loss, mixed)


def _counted(model: Model, output: Output, loss: Loss, metric: Metric) -> Finding:
    return Finding(
        location=output.location,
        message=f"predicts numbers by {loss.name}, but {metric.name} {_asks(output, metric, model.document)}",
        help="compile with metrics=['mae'] or another metric of distance, unless the targets are classes",
        related=tuple(_places(model, [metric])),
    )


def _of_another_kind(output: Output, loss: Loss, metric: Metric) -> str | None:
    """The words for an accuracy whose targets have another form than those of the loss."""
    if not isinstance(output.width, int) or output.width < 3 or loss.name not in FORMS:
        return None
    if metric.name == BINARY and loss.name == "categorical_crossentropy":
        return f"counts each of the {output.width} values alone, and is high for any prediction"
    has_numbers = loss.name == "sparse_categorical_crossentropy"
    if metric.name in OF_VECTORS and has_numbers:
        return "compares with one-hot vectors, but the loss takes numbers of classes"
    if metric.name in OF_NUMBERS and not has_numbers:
        return "compares with numbers of classes, but the loss takes one-hot vectors"
    return None


def _other_kind(model: Model, output: Output, loss: Loss, metric: Metric, words: str) -> Finding:
    return Finding(
        location=output.location,
        message=f"predicts {output.width} classes by {loss.name}, but {metric.name} {words}",
        help=f"compile with metrics=['{BY_WIDTH}'], which Keras chooses to fit the loss",
        related=tuple(_places(model, [metric])),
    )


def _asks(output: Output, metric: Metric, document: Document) -> str:
    """The measure of a metric of classes on numbers."""
    if metric.name == EQUALITY:
        return "counts those that equal their target exactly"
    if metric.name == BY_WIDTH and not isinstance(output.width, int):
        return "takes them for classes"
    if metric.name == BINARY or (metric.name == BY_WIDTH and output.width == 1):
        return "rounds each to a whole number first" if _rounds(document) else "asks only whether each is above 0.5"
    return "asks only which number is the largest"


def _rounds(document: Document) -> bool:
    """Whether the binary accuracy of the file's Keras rounds, where others compare with 0.5."""
    version, (first, last) = document.keras_version or "", OF_TENSORFLOW
    return version.startswith(ROUNDING_VERSIONS) and not (version.startswith(first) and version.endswith(last))


def _classes(model: Model, output: Output, loss: Loss, metrics: list[Metric]) -> Finding:
    if loss.name == "sparse_categorical_crossentropy":
        return Finding(
            location=output.location,
            message=f"predicts {output.width} classes, which {_names(metrics)} cannot compare with class numbers",
            help="compile with metrics=['sparse_categorical_accuracy'], or with categorical_crossentropy",
            related=tuple(_places(model, metrics)),
        )
    return Finding(
        location=output.location,
        message=f"predicts {output.width} classes, which {_names(metrics)} counts all together",
        help="give one metric with class_id for each class that matters",
        related=tuple(_places(model, metrics)),
        severity=Severity.NOTE,
    )


def _is_of_all_classes(output: Output, metric: Metric) -> bool:
    is_chosen = metric.config.get("class_id") is not None or metric.config.get("multi_label") is True
    return isinstance(output.width, int) and output.width > 2 and not is_chosen


def _names(metrics: list[Metric]) -> str:
    return "each of " * (len(metrics) > 1) + ", ".join(metric.name for metric in metrics)


def _places(model: Model, metrics: list[Metric]) -> Iterator[Related]:
    for metric in metrics:
        yield Related(location_in_record(model.document, metric.steps), f"the metric is {metric.name}")
