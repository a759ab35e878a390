"""python3 -m vitral pictures RESULTS [-o FOLDER]"""

import argparse
import sys


def main():
    parser = argparse.ArgumentParser(prog="python3 -m vitral", description="Pictures of a results file of vitral.")
    commands = parser.add_subparsers(dest="command", required=True)
    pictures = commands.add_parser("pictures", help="draw the process, the index, the mode and the propagation as PNG")
    pictures.add_argument("results", help="a results file (HDF5)")
    pictures.add_argument("-o", "--output", default=".", help="folder of the pictures")
    arguments = parser.parse_args()
    try:
        from . import draw

        written = draw(arguments.results, arguments.output)
    except (ImportError, OSError, ValueError) as error:
        print(f"vitral: {error}", file=sys.stderr)
        return 4
    for path in written:
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
