"""A stage of each kind that DVC supports, and the files it needs."""

from __future__ import annotations

STAGES = {
    "frozen": "a: {cmd: cp source.txt a.txt, deps: [source.txt], outs: [a.txt], frozen: true}",
    "always changed": "a: {cmd: cp source.txt a.txt, deps: [source.txt], outs: [a.txt], always_changed: true}",
    "persist": "a: {cmd: cat source.txt >> a.txt, deps: [source.txt], outs: [a.txt: {persist: true}]}",
    "persistent folder": "a: {cmd: mkdir -p a && cp source.txt a/$(ls a | wc -l), deps: [source.txt], outs: [a: {persist: true}]}",
    "not cached": "a: {cmd: cp source.txt a.txt, deps: [source.txt], outs: [a.txt: {cache: false}]}",
    "folder not cached": "a: {cmd: mkdir a && cp source.txt a/b.txt, deps: [source.txt], outs: [a: {cache: false}]}",
    "metrics": "a: {cmd: 'echo {} > m.json', deps: [source.txt], metrics: [m.json]}",
    "metrics not cached": "a: {cmd: 'echo {} > m.json', deps: [source.txt], metrics: [m.json: {cache: false}]}",
    "metrics of other types": "a: {cmd: 'mkdir m && cp source.txt m', deps: [source.txt], metrics: [m: {type: json}]}",
    "plots": "a: {cmd: 'cp source.txt p.csv', deps: [source.txt], plots: [p.csv: {x: a, y: b, cache: false}]}",
    "no dependencies": "a: {cmd: echo 1 > a.txt, outs: [a.txt]}",
    "no outputs": "a: {cmd: test -f source.txt, deps: [source.txt]}",
    "neither": "a: {cmd: 'true'}",
    "params only": "a: {cmd: echo 1 > a.txt, params: [p], outs: [a.txt]}",
    "params of every kind of file": "a: {cmd: 'true', params: [p, n.t: null, p.toml: [p], p.json: [p.q], p.py: [P, C]]}",
    "params that share": "a: {cmd: echo 1 > a.txt, params: [shared, again], outs: [a.txt]}",
    "all params": "a: {cmd: echo 1 > a.txt, params: [p.json: null, params.yaml: null], outs: [a.txt]}",
    "working directory": "a: {cmd: cp ../../source.txt a.txt, wdir: deep/er, deps: [../../source.txt], outs: [ a.txt]}",
    "list of commands": "a: {cmd: [echo 1 > a.txt, echo 2 >> a.txt], outs: [a.txt]}",
    "commands in lines": 'a: {cmd: "echo 1 > a.txt\\n  echo 2 >> a.txt\\n", outs: [a.txt]}',
    "list of commands in lines": 'a: {cmd: ["echo 1 > a.txt\\necho 2 >> a.txt", "true"], outs: [a.txt]}',
    "shell": """a: {cmd: 'for x in 1 2; do echo "$x `date +%Y | tr -d 0-9`" >> a.txt; done; test -n "$DVC_STAGE"', outs: [a.txt]}""",
    "folder": "a: {cmd: mkdir -p a/b && touch a/empty && cp source.txt a/b, deps: [source.txt], outs: [a]}",
    "folder with a slash": "a: {cmd: mkdir -p a/b && cp source.txt a/b, deps: [./source.txt], outs: [a/]}",
    "empty folder": "a: {cmd: mkdir a, outs: [a]}",
    "executables": "a: {cmd: 'mkdir d && touch a.sh d/b.sh && chmod +x a.sh d/b.sh', outs: [a.sh, d]}",
    "executable dependency": "a: {cmd: chmod +x tool.sh && ./tool.sh > a.txt, deps: [tool.sh], outs: [a.txt]}",
    "names": "a: {cmd: 'touch ünï.txt \"a b.txt\" \"it''s [x]*.txt\"', outs: [ünï.txt, a b.txt, 'it''s [x]*.txt']}",
    "own dependency": "a: {cmd: 'cp source.txt a.txt; echo more >> source.txt', deps: [source.txt], outs: [a.txt]}",
    "symlink as output": "a: {cmd: ln -s source.txt a.txt, deps: [source.txt], outs: [a.txt]}",
    "symlink in output": "a: {cmd: mkdir a && ln -s ../source.txt a/b, deps: [source.txt], outs: [a]}",
    "output in output's folder": "a: {cmd: mkdir -p g && touch g/x g/y, outs: [g/x, g/y]}",
    "ignored files in a folder": "a: {cmd: mkdir a && touch a/x.tmp a/y, outs: [a]}",
    "loop": "a: {foreach: [x, y], do: {cmd: 'echo ${item} > ${item}.txt', outs: ['${item}.txt']}}",
    "empty loop": "a: {foreach: [], do: {cmd: 'echo ${item} > ${item}.txt', outs: ['${item}.txt']}}",
}
FILES = {
    "params.yaml": "p: 1\nn:\n  t: [1, {a: b}]\nshared: &s [1, 2]\nagain: *s\n",
    "p.toml": "p = 1.0\nd = [1, 2]\n",
    "p.json": '{"p": {"q": null}, "r": [true]}',
    "p.py": "P = 1\nclass C:\n    x = (1, 2)\n    y = {'a': 1}\n",
    "n.t": "a: 1\n",
    "deep/er/kept": "",
    ".dvcignore": "*.tmp\n",
    "tool.sh": "#!/bin/sh\necho 1\n",
}


def pipeline(*stages: str, **files: str) -> dict[str, str]:
    """Return a project of a few stages, each a line of YAML."""
    return {
        "dvc.yaml": "stages:\n" + "".join(f"  {stage}\n" for stage in stages),
        "source.txt": "one\n",
        **files,
    }


def every_kind(*, but: tuple[str, ...] = ()) -> dict[str, str]:
    """Return a project with a stage of each kind, in a folder named after the kind, with a downstream stage."""
    follows = "b: {cmd: cp a.txt b.txt, deps: [a.txt], outs: [b.txt]}"
    files = {}
    for kind, stage in STAGES.items():
        if kind not in but:
            stages = [stage, follows] if "[a.txt" in stage else [stage]
            files |= {f"{kind}/{path}": text for path, text in pipeline(*stages, **FILES).items()}
    return files
