"""`python -m penjing`: the same as the `penjing` command."""

from penjing.cli import main

if __name__ == "__main__":
    main()
