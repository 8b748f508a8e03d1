"""``make demo``: the documented request and a broken one, judged."""

from ips_contract.fixtures import load
from ips_contract.validation import validate


def main() -> None:
    """Prints the reports on two messages."""
    for name in ("valid/documented-request.xml", "invalid/constant--case.xml"):
        data = load(name)
        print(data.decode())
        print(validate(data).text(name), "\n")


if __name__ == "__main__":
    main()
