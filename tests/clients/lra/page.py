"""The commands in docs/lra.md, run as they stand there but for the addresses, and what the page says that they print."""
import os
import re
import subprocess
import time

from programs import JAVA, Program, root

STARTS = ("java ", "python3 ")
SHELL = ("curl ", "cut ", "lra=")
PORTS = {"Camel": "8081", "Quarkus": "8082", "Python and curl": "8083"}
# Java starts faster without its optimizing compiler; a machine's proxy is not for these addresses.
ENVIRONMENT = {**os.environ, "JAVA_TOOL_OPTIONS": " ".join(JAVA[1:]), "no_proxy": "*", "NO_PROXY": "*"}


def blocks(section):
    """The indented blocks of a section, without their indentation."""
    text = re.search(rf"^## {section}\n(.*?)(?=^## |\Z)", (root / "docs/lra.md").read_text(), re.M | re.S)[1]
    return [re.sub(r"^    ", "", block, flags=re.M) for block in re.findall(r"(?:^    .*\n)+", text, re.M)]


class Page:
    """Its programs, by section, and a shell for each block. What a folder needs to run its program is at `built`."""

    def __init__(self, directory, built, node):
        self.directory, self.node = directory, node
        self.programs = {section: Program(directory, section.split()[-1]) for section in PORTS}
        self.folders = {"Camel": self.folder("camel", jars=built / "camel"), "Python and curl": root,
                        "Quarkus": self.folder("quarkus", target=directory / "target")}
        (directory / "target").mkdir()
        (directory / "target/quarkus-app").symlink_to(built / "quarkus")

    def folder(self, name, **links):
        folder = self.directory / name
        folder.mkdir()
        for source in (root / "samples/lra" / name).glob("*.java"):
            (folder / source.name).symlink_to(source)
        for link, target in links.items():
            (folder / link).symlink_to(target)
        return folder

    def here(self, text):
        """With the addresses and files of this run."""
        text = text.replace("127.0.0.1:3000", f"127.0.0.1:{self.node.port}")
        for section, port in PORTS.items():
            text = re.sub(rf"\b{port}\b", str(self.programs[section].port), text)
        return re.sub(r"\b(shop\.txt|hotel\.txt|flight\.db)\b", rf"{self.directory}/\1", text)

    def launch(self, section):
        line, = [line for block in blocks(section) for line in block.splitlines() if line.startswith(STARTS)]
        program = self.programs[section]
        program.table = self.directory / re.search(r"shop\.txt|hotel\.txt|flight\.db", line)[0]
        program.launch(["bash", "-c", "exec " + self.here(line)], cwd=self.folders[section], env=ENVIRONMENT)
        return program

    def run(self, section):
        """How many commands were run."""
        count = 0
        for block in blocks(section):
            commands = re.findall(rf"^((?:{'|'.join(SHELL)}).*)\n((?:(?!{'|'.join(SHELL + STARTS)}).*\n)*)", block, re.M)
            before = ""
            for command, printed in commands:
                if command.startswith("lra="):
                    before += self.here(command) + "\n"
                    before = f"lra={self.shell(before + 'echo $lra').stdout.strip()}\n"
                else:
                    self.check(before + self.here(command).replace("curl ", "curl -sS "), printed)
                count += 1
        return count

    def shell(self, command):
        return subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=ENVIRONMENT)

    def check(self, command, printed):
        """Until it prints that: the table follows an answer soon. The order of two participants may differ."""
        def words(text):
            return sorted(line.split() for line in text.splitlines())

        until = time.monotonic() + (60 if printed and not command.startswith("curl -sS -X") else 0)
        while True:
            seen = self.shell(command)
            assert seen.returncode == 0, (command, seen.stderr)
            if not printed or words(seen.stdout) == words(printed):
                return
            assert time.monotonic() < until, f"{command}\nprints:\n{seen.stdout}\nand on the page:\n{printed}"
            time.sleep(0.1)
