"""lxml imported without ``inspect``, and nobody the worse for it."""

from __future__ import annotations

import subprocess
import sys

import pytest


def run(code: str) -> str:
    """What a new interpreter prints; it has imported nothing that it need not."""
    lines = f"import sys; sys.path[:0] = {sys.path!r}\n{code}"
    command = [sys.executable, "-I", "-S", "-W", "error", "-c", lines]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr == ""
    return done.stdout


FIRST = "from ips_contract.quick_lxml import etree\n"


@pytest.mark.parametrize("code", [FIRST, "from ips_contract import validate; validate(b'<a/>')\n"])
def test_inspect_is_not_imported_and_can_be(code: str) -> None:
    out = run(
        f"{code}print('inspect' in sys.modules)\n"
        "import inspect; print(inspect.signature(run := lambda a, b: 0), inspect.__name__)\n"
        "print(type(inspect).__name__, sys.modules['inspect'] is inspect)"
    )
    assert out == "False\n(a, b) inspect\nmodule True\n"


def test_parser_targets_work() -> None:
    """What lxml wants of ``inspect``: whether ``start`` takes the namespaces, too."""
    out = run(
        f"{FIRST}"
        "class Two:\n"
        "    def start(self, tag, attributes): print(tag, dict(attributes))\n"
        "    def close(self): return 'two'\n"
        "class Three:\n"
        "    def start(self, tag, attributes, namespaces): print(tag, dict(namespaces))\n"
        "    def close(self): return 'three'\n"
        "for target in (Two(), Three()):\n"
        "    parser = etree.XMLParser(target=target)\n"
        '    print(etree.fromstring(\'<a b="c" xmlns:d="e"/>\', parser))\n'
    )
    assert out == "a {'b': 'c'}\ntwo\na {'d': 'e'}\nthree\n"


def test_who_imports_it_meanwhile_gets_it() -> None:
    """Another thread may import ``inspect`` while lxml is imported, in any of the usual ways."""
    out = run(
        "import builtins, types\n"
        "plain = builtins.__import__\n"
        "def meanwhile(name, *rest, **named):\n"
        "    if name == '_compression':  # Of gzip, which lxml imports after inspect.\n"
        "        builtins.__import__ = plain\n"
        "        exec('import inspect; from inspect import signature', kept)\n"
        "    return plain(name, *rest, **named)\n"
        "kept = {}\n"
        "builtins.__import__ = meanwhile\n"
        f"{FIRST}"
        "print(kept['signature'](lambda x: x), kept['inspect'].isclass(int))\n"
        "import inspect\n"
        "print(kept['signature'] is inspect.signature, type(inspect) is types.ModuleType)\n"
        "print(hasattr(kept['inspect'], '__path__'), hasattr(kept['inspect'], 'nothing'))\n"
    )
    assert out == "(x) True\nTrue True\nFalse False\n"


@pytest.mark.parametrize("first", ["import inspect", "import lxml.etree, inspect"])
def test_who_has_it_keeps_it(first: str) -> None:
    out = run(f"{first}\nbefore = inspect\n{FIRST}print(sys.modules['inspect'] is before)")
    assert out == "True\n"


def test_a_missing_lxml_is_told_and_leaves_nothing() -> None:
    out = run(
        "sys.modules['lxml'] = None\n"
        "try:\n"
        "    import ips_contract.quick_lxml\n"
        "except ImportError as error:\n"
        "    print(error.name, 'inspect' in sys.modules)\n"
    )
    assert out == "lxml.etree False\n"
