import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { readDeclarations } from "../../../../src/execution/infrastructure/installers/python-declarations.ts";

type Files = Readonly<Record<string, string>>;

const python = "python3";
const missing = spawnSync(python, ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]).status !== 0;

describe.skipIf(missing)("what a Python project declares (needs Python 3.11)", () => {
  it.each<[string, Files, readonly string[]]>([
    [
      "PEP 621's own, of its extras those for tests",
      {
        "pyproject.toml":
          '[project]\nname = "a"\ndependencies = ["six>=1"]\n[project.optional-dependencies]\ntest = ["pytest"]\ndocs = ["sphinx"]\n',
      },
      ["six>=1", "pytest"],
    ],
    [
      "dependency groups, with those that they include",
      {
        "pyproject.toml":
          '[dependency-groups]\ndev = [{include-group = "base"}, "tox"]\nbase = ["six", {include-group = "dev"}]\n',
      },
      ["six", "tox"],
    ],
    [
      "Poetry's ranges, without paths, git and what is optional",
      {
        "pyproject.toml":
          '[tool.poetry.dependencies]\npython = "^3.9"\na = "^1.2.3"\nb = "~0.4"\nc = "*"\nd = "1.0"\ne = {version = "^0.2", extras = ["x"]}\nf = {path = "../f"}\ng = {git = "https://example.org/g"}\nh = {version = "1", optional = true}\n[tool.poetry.group.dev.dependencies]\ni = ">=2,<3"\n',
      },
      ["a>=1.2.3,<2", "b>=0.4,<0.5", "c", "d==1.0", "e[x]>=0.2,<0.3", "i>=2,<3"],
    ],
    [
      "uv's and hatch's",
      { "pyproject.toml": '[tool.uv]\ndev-dependencies = ["six"]\n[tool.hatch.envs.test]\ndependencies = ["nose"]\n' },
      ["six", "nose"],
    ],
    [
      "setup.cfg's",
      {
        "setup.cfg":
          "[options]\ninstall_requires =\n  six\n  # why\n  attrs>=20\n[options.extras_require]\ntests = pytest\n",
      },
      ["six", "attrs>=20", "pytest"],
    ],
    [
      "setup.py's, which is not run",
      {
        "setup.py":
          "import sys, setuptools\nsys.exit(3)\nneeds = ['six']\nsetuptools.setup(name='a', install_requires=needs + ['attrs'], extras_require={'test': ['pytest'], 'x': open('y').read()})\n",
      },
      ["six", "attrs", "pytest"],
    ],
    ["tox's", { "tox.ini": "[testenv]\ndeps =\n  pytest>=7\n  -r dev.txt\n" }, ["pytest>=7", "-r dev.txt"]],
    ["Pipenv's", { Pipfile: '[packages]\nsix = "*"\n[dev-packages]\npytest = "==7.0"\n' }, ["six", "pytest==7.0"]],
    [
      "nothing where a file cannot be read",
      { "pyproject.toml": "[", "setup.cfg": "x", "setup.py": "def", "tox.ini": "[" },
      [],
    ],
  ])("is %s", async (_, files, requirements) => {
    expect((await readDeclarations(python, files))?.requirements).toEqual(requirements);
  });

  it("is bound to the versions of a lock file, as far as they come from a registry and are one", async () => {
    const lock = (name: string, version: string, more = "") =>
      `[[package]]\nname = "${name}"\nversion = "${version}"\n${more}\n`;
    const files: Files = {
      "poetry.lock":
        lock("a", "1.0") + lock("b", "2.0", '[package.source]\ntype = "git"\nurl = "https://example.org/b"'),
      "uv.lock":
        lock("c", "1.0", 'source = { registry = "https://index.example.org/simple" }') +
        lock("c", "2.0") +
        lock("d", "1", 'source = { editable = "." }'),
      "pdm.lock": lock("e", "1.0\\nx"),
      "Pipfile.lock": '{"default": {"f": {"version": "==3.1"}, "g": {"git": "https://example.org/g"}}}',
    };
    expect((await readDeclarations(python, files))?.constraints).toEqual(["a==1.0", "f==3.1"]);
  });

  it.each<[Files, object]>([
    [
      { "pyproject.toml": '[project]\nname = "My.Own"\nversion = "1.2"\n[project.scripts]\nrun = "own:main"\n' },
      { name: "My.Own", version: "1.2", entryPoints: "[console_scripts]\nrun = own:main\n" },
    ],
    [
      {
        "pyproject.toml":
          '[project]\nname = "a"\ndynamic = ["version"]\n[project.entry-points.pytest11]\na = "a.plugin"\n',
      },
      { name: "a", version: "0", entryPoints: "[pytest11]\na = a.plugin\n" },
    ],
    [
      { "setup.cfg": "[metadata]\nname = a\nversion = attr: a.__version__\n" },
      { name: "a", version: "0", entryPoints: "" },
    ],
    [
      { "setup.py": "from setuptools import setup\nsetup(name='a', version='3', entry_points={'x': ['y = a:y']})\n" },
      { name: "a", version: "3", entryPoints: "[x]\ny = a:y\n" },
    ],
    [{ "pyproject.toml": '[project]\nname = "../../etc"\nversion = "/"\n' }, { name: null, version: "0" }],
  ])("of %j has a name and a version", async (files, expected) => {
    expect(await readDeclarations(python, files)).toMatchObject(expected);
  });
});

it("is nothing where Python cannot be started", async () => {
  expect(await readDeclarations("/nowhere/python3", { "setup.cfg": "x".repeat(200_000) })).toBeNull();
});
