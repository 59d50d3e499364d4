"""Our two roles and their database, and who may come in as them."""

from pathlib import Path

from web.embedded import account
from web.embedded.account import Account

DATABASE = "diemcau"
OWNER = "diemcau_owner"
APP = "diemcau_app"

HBA = f"local all {OWNER},{APP} peer map=diemcau\nlocal all all reject\n"


def write_access(home: Path, user: Account) -> None:
    """Write who may come in: by the socket, as who the kernel says they are, as our two roles.

    The files stand beside the data folder, so that root never writes where another user may
    have laid a link.
    """
    names = {account.ourselves().name, user.name}
    lines = [f'diemcau "{name}" {role}\n' for name in sorted(names) for role in (OWNER, APP)]
    for name, content in (("hba.conf", HBA), ("ident.conf", "".join(lines))):
        partial = home / f"{name}.partial"
        partial.write_text(content)
        partial.chmod(0o644)
        partial.rename(home / name)
