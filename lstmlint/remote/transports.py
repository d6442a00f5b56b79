"""The transport for an address, chosen by its scheme; the packages that it needs are imported here first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lstmlint.ir.addresses import CHAIN, SECRET_IN_ADDRESS, has_secrets, scheme_of
from lstmlint.remote.transport import ElsewhereError, Transport

#: The extra of this package with what every transport needs.
INSTALL = "pip install 'lstmlint[remote]'"


def transport_of(address: str) -> Transport:
    """The transport for an address.

    Raises:
        ElsewhereError: a package is missing, the scheme is unknown, or the address holds a secret.
    """
    if has_secrets(address):
        raise ElsewhereError(SECRET_IN_ADDRESS)
    with loaded(address):
        if scheme_of(address) in ("http", "https") and CHAIN not in address:
            from lstmlint.remote.http import Http

            return Http(address)
        from lstmlint.remote.file_system import FileSystem

        return FileSystem(address)


@contextmanager
def loaded(address: str) -> Iterator[None]:
    """Say what is missing where the packages for an address are not all there.

    Raises:
        ElsewhereError: a package is missing, or the scheme is unknown.
    """
    scheme = scheme_of(address)
    try:
        yield
    except ImportError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("fsspec", "aiohttp"):
            raise ElsewhereError(f"lies elsewhere, and {package} is not installed; {INSTALL}") from None
        why = str(error.msg).rstrip(".")
        raise ElsewhereError(f"needs a package for {scheme}:// besides lstmlint[remote] ({why})") from None
    except ValueError:
        raise ElsewhereError(f"has a scheme, {scheme}://, that fsspec does not know; check the address") from None
