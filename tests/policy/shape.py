"""Outside of kernels no function is longer than 80 lines or takes more than six parameters."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("core", "diffusion", "medium", "solver", "modes", "app")
LONGEST, MOST = 80, 6
SCOPE = re.compile(r"^(inline\s+)?(namespace|(template\s*<.*>\s*)?(class|struct|union|enum)\b)(?!.*\)\s*(const)?$)", re.S)


def without_text(code):
    """The code with its comments, literals and preprocessor lines emptied; its lines stay where they are."""
    code = re.sub(r'R"(\w*~?)\((.*?)\)\1"', lambda m: '""' + "\n" * m.group(0).count("\n"), code, flags=re.S)
    code = re.sub(r'"(\\.|[^"\\\n])*"', '""', code)
    code = re.sub(r"'(\\.|[^'\\\n])'", "' '", code)
    code = re.sub(r"//[^\n]*", "", code)
    return re.sub(r"(?m)^\s*#.*$", "", code)


def parameters(head):
    """How many parameters the first list in parentheses of a function's head has."""
    depth = commas = 0
    some = False
    for letter in head[head.index("("):]:
        if letter in "(<[":
            depth += 1
        elif letter in ")>]":
            depth -= 1
            if depth == 0:
                break
        elif letter == "," and depth == 1:
            commas += 1
        elif not letter.isspace():
            some = True
    return commas + some


def functions(code):
    """Yields (first line, number of lines, head) of every function that is defined in namespaces and classes."""
    stack, head, line = [], "", 1
    for letter in without_text(code):
        line += letter == "\n"
        if letter == "{":
            head = head.strip()
            outer = all(kind == "scope" for kind, _, _ in stack)
            kind = "scope" if SCOPE.match(head) else "function" if "(" in head and outer and not head.endswith("=") else "block"
            stack.append((kind, line, head))
            head = ""
        elif letter == "}" and stack:
            kind, first, name = stack.pop()
            if kind == "function":
                yield first, line - first + 1, re.sub(r"\s+", " ", name)
            head = ""
        elif letter == ";" and head.count("(") <= head.count(")"):
            head = ""
        else:
            head += letter


def main():
    found = bad = 0
    for file in sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.[ch]pp")):
        if "kernels" in file.parts:
            continue
        for first, lines, head in functions(file.read_text()):
            found += 1
            taken = parameters(head)
            if lines > LONGEST or taken > MOST:
                bad += 1
                print(f"{file.relative_to(ROOT)}:{first}: {lines} lines, {taken} parameters: {head[:90]}")
    print(f"{found} functions, {bad} too long or with too many parameters")
    return 1 if bad or found < 1000 else 0


if __name__ == "__main__":
    sys.exit(main())
