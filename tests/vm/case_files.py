"""Case files of the guests: what a case is, and the reader of the files. The format: README.md."""

import dataclasses
import pathlib
import re

KERNELS = ["6.1", "6.12"]
TIMEOUT_DEFAULT_S = 30
COMMAND_MAX = 100000  # bytes; the kernel takes 128 KiB as one argument
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


class CaseError(Exception):
    """A case file that breaks the format; the text names file and line."""


@dataclasses.dataclass
class Case:
    """One case, as written; contents are bytes, exact."""

    path: str
    line: int
    name: str
    covers: list = dataclasses.field(default_factory=list)
    kernels: list = dataclasses.field(default_factory=lambda: list(KERNELS))
    boot: str = ""
    through: tuple = ("aot", "cache")  # ways that it is run besides direct
    timeout_s: int = TIMEOUT_DEFAULT_S
    files: dict = dataclasses.field(default_factory=dict)
    sections: dict = dataclasses.field(default_factory=dict)
    exit_status: int = 0

    @property
    def stem(self):
        return pathlib.Path(self.path).stem

    @property
    def label(self):
        return f"{pathlib.Path(self.path).name}:{self.name}"


class Parser:
    """Reads one case file. Text is bytes decoded with surrogateescape, so it can be restored."""

    def __init__(self, path):
        self.path = path
        try:
            text = pathlib.Path(path).read_bytes().decode("utf-8", "surrogateescape")
        except OSError as error:
            raise CaseError(f"{path}: {error.strerror}") from error
        self.lines = text.split("\n")
        if self.lines[-1] == "":
            self.lines.pop()
        self.at = 0

    def fail(self, message, at=None):
        raise CaseError(f"{self.path}:{(self.at if at is None else at) + 1}: {message}")

    def parse(self):
        cases = []
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.startswith("=== "):
                cases.append(self.case())
                if cases[-1].name in [case.name for case in cases[:-1]]:
                    self.fail(f"second case named {cases[-1].name}", cases[-1].line - 1)
            elif line.strip() and not line.startswith("#"):
                self.fail("expected '=== NAME' or a comment")
            else:
                self.at += 1
        return cases

    def case(self):
        start = self.at
        name = self.lines[self.at][4:].strip()
        if not NAME.fullmatch(name):
            self.fail(f"bad case name '{name}'")
        case = Case(self.path, start + 1, name)
        self.at += 1
        self.headers(case)
        while True:
            if self.at == len(self.lines) or self.lines[self.at].startswith("=== "):
                self.fail(f"case {name} lacks its '--- end' line", start)
            if self.lines[self.at].rstrip() == "--- end":
                self.at += 1
                break
            self.section(case)
        if "command" not in case.sections:
            self.fail(f"case {name} has no command", start)
        if not {"stdout", "stdout-match", "stderr", "stderr-match", "exit"} & set(case.sections):
            self.fail(f"case {name} compares nothing: give it stdout, stderr or exit", start)
        return case

    def headers(self, case):
        seen = set()
        while self.at < len(self.lines) and not self.lines[self.at].startswith(("--- ", "=== ")):
            line = self.lines[self.at]
            if line.strip() and not line.startswith("#"):
                key, colon, value = line.partition(":")
                if not colon or key in seen:
                    self.fail("expected 'KEY: VALUE', each key once")
                seen.add(key)
                self.header(case, key, value.strip())
            self.at += 1

    def header(self, case, key, value):
        if key == "covers":
            case.covers = value.split()
        elif key == "kernels":
            case.kernels = list(dict.fromkeys(value.split()))
            if not case.kernels or not set(case.kernels) <= set(KERNELS):
                self.fail(f"kernels are of {' '.join(KERNELS)}")
        elif key == "boot":
            case.boot = " ".join(value.split())
        elif key == "through":
            if value not in ("direct", "aot"):
                self.fail("through is 'direct' or 'aot'")
            case.through = ("aot",) if value == "aot" else ()
        elif key == "timeout":
            if not re.fullmatch("[1-9][0-9]{0,3}", value):
                self.fail("timeout is in seconds, 1 to 9999")
            case.timeout_s = int(value)
        else:
            self.fail(f"unknown key '{key}'")

    def section(self, case):
        start = self.at
        kind, *words = self.lines[self.at][4:].split() or [""]
        self.at += 1
        body = []
        while self.at < len(self.lines) and not self.lines[self.at].startswith(("--- ", "=== ")):
            body.append(self.lines[self.at])
            self.at += 1
        content = "".join(line + "\n" for line in body).encode("utf-8", "surrogateescape")
        if kind == "file":
            self.file(case, words, content, start)
            return
        if kind in ("stdout", "stderr") and words == ["no-eol"]:
            if not body:
                self.fail("no-eol needs a line", start)
            content = content[:-1]
        elif words:
            self.fail(f"unexpected '{' '.join(words)}'", start)
        clash = {"stdout": "stdout-match", "stderr": "stderr-match"}
        clash.update({value: key for key, value in clash.items()})
        if kind in case.sections or clash.get(kind) in case.sections:
            self.fail(f"second section for {kind}", start)
        if kind in ("stdout-match", "stderr-match"):
            content = self.patterns(body, start)
        elif kind == "exit":
            if len(body) != 1 or not re.fullmatch("[0-9]{1,3}", body[0]) or int(body[0]) > 255:
                self.fail("exit is one line, 0 to 255", start)
            case.exit_status = int(body[0])
        elif kind == "command":
            if not content.strip() or len(content) > COMMAND_MAX or b"\0" in content:
                self.fail("the command is empty, too long or holds a NUL", start)
        elif kind not in ("stdout", "stderr"):
            self.fail(f"unknown section '{kind}'", start)
        case.sections[kind] = content

    def file(self, case, words, content, start):
        parts = pathlib.PurePosixPath(words[0]).parts if len(words) == 1 else ()
        if not parts or ".." in parts or parts[0] == "/":
            self.fail("a file has one relative name, without '..' and spaces", start)
        name = "/".join(parts)
        if name in case.files:
            self.fail(f"second file {name}", start)
        case.files[name] = content

    def patterns(self, body, start):
        """Compile a -match section: regular expressions, None where any number of lines may be."""
        patterns = []
        for number, line in enumerate(body, start + 1):
            try:
                patterns.append(None if line == "..." else re.compile(line))
            except re.error as error:
                self.fail(f"bad regular expression: {error}", number)
        return patterns


def cases_read(paths):
    cases, stems = [], {}
    for path in paths:
        stem = pathlib.Path(path).stem
        if not NAME.fullmatch(stem):
            raise CaseError(f"{path}: bad file name")
        if stem in stems:
            raise CaseError(f"{path}: same name as {stems[stem]}")
        stems[stem] = path
        cases += Parser(path).parse()
    return cases
