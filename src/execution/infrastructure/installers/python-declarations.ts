import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { z } from "zod";

/** Files that say what a Python project needs, beside its requirements. */
export const declarationFiles = [
  ...["pyproject.toml", "setup.cfg", "setup.py", "tox.ini"],
  ...["poetry.lock", "uv.lock", "pdm.lock", "Pipfile", "Pipfile.lock"],
] as const;

const declared = z.object({
  /** Its own name and version; null where nothing says its name. */
  name: z.string().nullable(),
  version: z.string(),
  /** The text of its entry_points.txt; empty without any. */
  entryPoints: z.string(),
  /** What it and its tests need, each as PEP 508 writes it; git, paths and addresses are left out. */
  requirements: z.array(z.string()),
  /** `name==version` of lock files. */
  constraints: z.array(z.string()),
});

export type Declared = z.infer<typeof declared>;

/**
 * What a project declares in its own files, as far as that can be read without running any of it. `program` is a Python;
 * its own parsers read them.
 * @see https://packaging.python.org/en/latest/specifications/pyproject-toml/
 * @see https://peps.python.org/pep-0735/
 */
export async function readDeclarations(
  program: string,
  texts: Readonly<Record<string, string>>,
): Promise<Declared | null> {
  const child = spawn(program, ["-I", "-c", script], { cwd: "/", stdio: ["pipe", "pipe", "ignore"], timeout: 20_000 });
  const ended = new Promise<number | null>((resolve) =>
    child.once("error", () => resolve(null)).once("close", resolve),
  );
  // A Python that ends before it has read everything shows in its status.
  child.stdin.on("error", () => undefined);
  child.stdin.end(JSON.stringify(texts));
  const [printed, status] = await Promise.all([text(child.stdout), ended]);
  return status === 0 ? declared.parse(JSON.parse(printed)) : null;
}

const script = String.raw`
import ast, configparser, json, re, sys
files = json.load(sys.stdin)
try:
    import tomllib
except ImportError:
    try: from pip._vendor import tomli as tomllib
    except ImportError: tomllib = None
GROUPS = ("test", "tests", "testing", "dev", "develop", "development")
name, version, points, needs, locked = None, None, {}, [], {}

def toml(path):
    try: return tomllib.loads(files[path])
    except Exception: return {}
def at(value, *keys):
    for key in keys: value = value.get(key) if isinstance(value, dict) else None
    return value
def table(value, *keys):
    found = at(value, *keys)
    return found if isinstance(found, dict) else {}
def texts(value):
    return [each for each in value if isinstance(each, str)] if isinstance(value, (list, tuple)) else []
def lines(value):
    return [line.split(" #")[0].strip() for line in value.splitlines() if line.strip() and not line.strip().startswith("#")]

def bump(parts, index):
    return ".".join(str(part) for part in parts[:index] + [parts[index] + 1])
def ranged(spec):
    out = []
    for part in str(spec).replace(" ", "").split(","):
        found = re.match(r"^([~^])=?(\d+(?:\.\d+)*)$", part) if not part.startswith("~=") else None
        if found:
            parts = [int(each) for each in found[2].split(".")]
            if found[1] == "~": index = min(1, len(parts) - 1)
            else: index = next((i for i, each in enumerate(parts) if each), len(parts) - 1)
            out.append(">=" + found[2] + ",<" + bump(parts, index))
        elif part in ("*", ""): pass
        elif part[0].isdigit(): out.append("==" + part)
        else: out.append(part)
    return ",".join(out)
def poetry(entries):
    for key, spec in (entries or {}).items():
        if isinstance(spec, list): spec = spec[0] if spec else "*"
        extras = ""
        if isinstance(spec, dict):
            if any(each in spec for each in ("git", "path", "url", "file")) or spec.get("optional"): continue
            extras = "[" + ",".join(texts(spec.get("extras"))) + "]" if spec.get("extras") else ""
            spec = spec.get("version", "*")
        if key.lower() != "python": needs.append(key + extras + ranged(spec))

project = toml("pyproject.toml")
own = table(project, "project")
name, version = at(own, "name"), at(own, "version")
needs += texts(at(own, "dependencies"))
for group in GROUPS: needs += texts(at(own, "optional-dependencies", group))
groups = table(project, "dependency-groups")
def group_of(key, seen=()):
    for each in groups.get(key) or []:
        if isinstance(each, str): needs.append(each)
        elif at(each, "include-group") and key not in seen: group_of(each["include-group"], seen + (key,))
for group in GROUPS: group_of(group)
for tool in ("pdm", "uv"):
    found = at(project, "tool", tool, "dev-dependencies")
    for each in found.values() if isinstance(found, dict) else [found]: needs += texts(each)
for env in ("default", "test", "hatch-test"):
    for key in ("dependencies", "extra-dependencies"): needs += texts(at(project, "tool", "hatch", "envs", env, key))
tool = table(project, "tool", "poetry")
name, version = name or tool.get("name"), version or tool.get("version")
poetry(tool.get("dependencies")); poetry(tool.get("dev-dependencies"))
for group in GROUPS: poetry(at(tool, "group", group, "dependencies"))
points["console_scripts"] = {**table(own, "scripts"), **table(tool, "scripts")}
points.update(table(own, "entry-points")); points.update(table(tool, "plugins"))

ini = configparser.ConfigParser(interpolation=None, strict=False)
try: ini.read_string(files.get("setup.cfg", ""))
except configparser.Error: pass
get = lambda section, key: ini.get(section, key, fallback="")
name = name or get("metadata", "name") or None
if not get("metadata", "version").startswith(("attr:", "file:")): version = version or get("metadata", "version")
for key in ("install_requires", "tests_require"): needs += lines(get("options", key))
for group in GROUPS: needs += lines(get("options.extras_require", group))
if ini.has_section("options.entry_points"):
    for group, value in ini.items("options.entry_points"):
        points[group] = dict(each.split("=", 1) for each in lines(value) if "=" in each)
tox = configparser.ConfigParser(interpolation=None, strict=False)
try: tox.read_string(files.get("tox.ini", ""))
except configparser.Error: pass
needs += lines(tox.get("testenv", "deps", fallback=""))

try: tree = ast.parse(files.get("setup.py", ""))
except (SyntaxError, ValueError): tree = ast.parse("")
known = {}
def literal(node):
    if isinstance(node, ast.Name): return known.get(node.id)
    if isinstance(node, ast.Dict): return {literal(k): literal(v) for k, v in zip(node.keys, node.values) if k is not None}
    if isinstance(node, (ast.List, ast.Tuple)): return [literal(each) for each in node.elts]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = literal(node.left), literal(node.right)
        return left + right if isinstance(left, (list, str)) and type(left) is type(right) else None
    return node.value if isinstance(node, ast.Constant) else None
for node in ast.walk(tree):
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        try: known[node.targets[0].id] = literal(node.value)
        except TypeError: pass
for node in ast.walk(tree):
    if not isinstance(node, ast.Call) or getattr(node.func, "id", getattr(node.func, "attr", "")) != "setup": continue
    said = {}
    for each in node.keywords:
        try: said[each.arg] = literal(each.value)
        except TypeError: pass
    name = name or (said.get("name") if isinstance(said.get("name"), str) else None)
    version = version or (said.get("version") if isinstance(said.get("version"), str) else None)
    for key in ("install_requires", "tests_require"):
        needs += texts(said.get(key)) or (lines(said[key]) if isinstance(said.get(key), str) else [])
    for group in GROUPS: needs += texts(at(said, "extras_require", group))
    for group, value in table(said, "entry_points").items():
        points[group] = dict(each.split("=", 1) for each in texts(value) if "=" in each)

for path in ("poetry.lock", "uv.lock", "pdm.lock"):
    for each in toml(path).get("package") or []:
        source = table(each, "source")
        if any(key in source for key in ("git", "url", "directory", "editable", "virtual", "path")): continue
        if source.get("type") in ("git", "url", "directory", "file"): continue
        locked.setdefault(str(each.get("name")), set()).add(str(each.get("version")))
pipfile = toml("Pipfile")
poetry(pipfile.get("packages")); poetry(pipfile.get("dev-packages"))
try: pipenv = json.loads(files.get("Pipfile.lock", "{}"))
except ValueError: pipenv = {}
for section in ("default", "develop"):
    for key, value in table(pipenv, section).items():
        pinned = at(value, "version")
        if isinstance(pinned, str) and pinned.startswith("=="): locked.setdefault(key, set()).add(pinned[2:])

simple = re.compile(r"^[\w.+!-]+$")
print(json.dumps({
    "name": name if isinstance(name, str) and re.match(r"^[A-Za-z0-9][\w.-]*$", name) else None,
    "version": version if isinstance(version, str) and simple.match(version) else "0",
    "entryPoints": "\n".join("[%s]\n%s\n" % (group, "\n".join("%s = %s" % (str(k).strip(), str(v).strip()) for k, v in entries.items()))
        for group, entries in points.items() if isinstance(entries, dict) and entries),
    "requirements": list(dict.fromkeys(need.strip() for need in needs)),
    "constraints": sorted("%s==%s" % (key, next(iter(found))) for key, found in locked.items()
        if len(found) == 1 and simple.match(key) and simple.match(next(iter(found)))),
}))
`;
