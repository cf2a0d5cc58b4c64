"""Customer accounts and the credentials that name them."""

from app.domain.tenants.service import FixedCredentials, create, delete, retire, rotate, rotate_signing

__all__ = ["FixedCredentials", "create", "delete", "retire", "rotate", "rotate_signing"]
