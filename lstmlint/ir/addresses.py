"""Addresses of files that lie elsewhere: `https://`, `s3://`, `hf://` and the like, and chains of them."""

from __future__ import annotations

from lstmlint.ir.lazy_pattern import lazy_pattern

SCHEME = lazy_pattern(r"[A-Za-z][A-Za-z0-9+.-]+://")
CHAIN = "::"
"""What joins the parts of a chain: `zip://lstm.h5::https://host/models.zip`."""

USER = lazy_pattern(r"(://)[^/?#]*@")
SECRET = lazy_pattern(r"(?i)([?&][\w.-]*(?:signature|sig|token|key|secret|password|credential)[\w.-]*=)[^&#:]*")
"""The user in an address, and a parameter that grants access."""

SECRET_IN_ADDRESS = (
    "holds a secret, which reports and stores would repeat; leave it out, and give it to fsspec (its configuration, "
    "~/.netrc, the variables of the back end)"
)


def is_address(path: str) -> bool:
    """Whether a path names a file that the file system of this machine does not have."""
    return "://" in path and any(SCHEME.match(part) for part in path.split(CHAIN))


def scheme_of(address: str) -> str:
    """The scheme of an address, that of the first part of a chain, in lower case."""
    return address.partition("://")[0].rpartition(CHAIN)[2].lower()


def without_secrets(address: str) -> str:
    """An address that may be shown: with stars for a user and for parameters that grant access."""
    return SECRET.sub(r"\1***", USER.sub(r"\1***@", address))


def has_secrets(address: str) -> bool:
    """Whether an address itself holds what grants access, such as a password or a signature."""
    return is_address(address) and without_secrets(address) != address


def file_part(path: str) -> str:
    """The part of a path or of an address that ends with the name of the file, without chain and parameters."""
    return path.partition(CHAIN)[0].partition("?")[0].partition("#")[0] if is_address(path) else path
