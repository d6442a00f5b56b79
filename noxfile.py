"""Development tasks: `nox -s quick` while editing, `nox -s full` before a change is proposed."""

import nox

nox.options.sessions = ["quick"]
nox.options.default_venv_backend = "venv"
nox.options.reuse_existing_virtualenvs = True


@nox.session
def quick(session: nox.Session) -> None:
    """Every test that needs neither Keras nor a browser; under a minute on two cores."""
    session.install("--quiet", "-e", ".[quick]")
    session.run("pytest", "--quick", *session.posargs)


@nox.session
def full(session: nox.Session) -> None:
    """Every test, ruff and mypy: what `.ci/run` does, in this checkout."""
    session.install("--quiet", "-e", ".[test]")
    session.run("pytest", *session.posargs)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy", "--strict", "lstmlint", "rules", "tests")
