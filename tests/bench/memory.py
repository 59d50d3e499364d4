"""P12: proportional memory of an idle product with the country's 3,321 sites."""

from pathlib import Path

import psutil

from tests.service import Service, serving, speaking

HEAD = "code,name,kind,parent,hall\n"


def write_country(folder: Path) -> str:
    """Write 3,276 more communes to import; with Điện Biên's 45 they make 3,321."""
    rows = (
        f"9{number:04d},Xã thử {number},commune,11,Hội trường xã thử {number}\n"
        for number in range(3276)
    )
    file = folder / "country.csv"
    file.write_text(HEAD + "".join(rows))
    return str(file)


def proportional_megabytes(product: Service) -> dict[str, float]:
    """Return PSS by program of the process group, PostgreSQL apart."""
    found: dict[str, float] = {}
    root = psutil.Process(product.pid)
    for process in [root, *root.children(recursive=True)]:
        name = (
            "postgres"
            if process.name().startswith("postgres")
            else " ".join(process.cmdline()[1:3])
        )
        found[name] = found.get(name, 0.0) + process.memory_full_info().pss / 2**20
    return found


async def measure() -> list[str]:
    async with serving() as product:
        await product.command("import", write_country(product.folder))
        async with speaking(product.url, await product.token()) as session:
            for path in ("/", "/api/v1/sites?limit=200", "/readyz"):
                async with session.get(path) as answer:
                    await answer.read()
        parts = proportional_megabytes(product)
    ours = sum(size for name, size in parts.items() if name != "postgres")
    return [
        *(f"{size:7.1f} MB {name}" for name, size in sorted(parts.items())),
        f"product  {ours:6.1f} MB without PostgreSQL (reach: 200 MB)",
    ]
