"""In: Streamlit's options. Out: the app, served without asking any other host. Started by `claimledger explore`."""

import sys
from pathlib import Path

from streamlit import net_util
from streamlit.web import cli

APP = Path(__file__).with_name("app.py")


def main() -> None:
    """Streamlit would ask a web service for the address that the world sees, to print it and to judge foreign origins."""
    net_util.get_external_ip = lambda: None
    cli.main(["run", str(APP), *sys.argv[1:]])


if __name__ == "__main__":
    main()
