"""Records whose cost is not in their bytes: keys, nodes, names, tensors, shapes, comparisons.

The file by which a box answers has a limit of bytes.  Each of these stays below it, and costs
whoever reads, compares or shows it something else.
"""

from __future__ import annotations

from nbformat.notebooknode import NotebookNode

from trial.attacks.corpus.desk import RIGHT, Desk, attack
from trial.attacks.corpus.records import forged

# the bytes of a record, with a tree that is given as text: no object is made of it in the box
TEXT = """
FILE = 15 << 20  # what a file may hold, nearly
def text(tree, **tensors):
    tensors["tree"] = np.frombuffer(tree, dtype=np.uint8)
    return save(tensors)
def observed(outputs, n, problem=b'{"v":null}', notes=b'{"l":[]}'):
    one = b'{"d":{"outputs":' + outputs + b',"problem":' + problem + b',"notes":' + notes + b"}}"
    rest = b'{"d":{"outputs":{"v":null},"problem":{"v":null},"notes":{"l":[]}}}'
    return b'{"l":[' + b",".join([one] + [rest] * (n - 1)) + b"]}"
"""


def costly(desk: Desk, source: str) -> NotebookNode:
    """Two right functions, and records that ``forged(count)`` of ``source`` writes."""
    return forged(desk, TEXT + source)


@attack(*RIGHT)
def record_of_a_million_keys(desk: Desk) -> NotebookNode:
    """A dictionary of a million keys without a value: no array, no text, nothing to weigh."""
    return costly(
        desk,
        """
def forged(n):
    keys = b",".join(b'"%x":{"v":0}' % i for i in range(FILE // 15))
    return text(observed(b'{"d":{' + keys + b"}}", n))
""",
    )


@attack(*RIGHT)
def record_of_tiny_nodes(desk: Desk) -> NotebookNode:
    """Millions of empty lists: nine bytes each in the file, two hundred where it is read."""
    return costly(
        desk,
        """
def forged(n):
    nodes = b",".join([b'{"l":[]}'] * (FILE // 9))
    return text(observed(b'{"d":{"w":{"l":[' + nodes + b"]}}}", n))
""",
    )


@attack(*RIGHT)
def record_of_nodes_that_are_ignored(desk: Desk) -> NotebookNode:
    """A tree of nodes with keys that mean nothing, beside the one that does."""
    return costly(
        desk,
        """
def forged(n):
    beside = b",".join(b'"%x":{}' % i for i in range(FILE // 11))
    return text(b'{"l":[],' + beside + b"}")
""",
    )


@attack(*RIGHT)
def record_of_tensors_without_number(desk: Desk) -> NotebookNode:
    """A header that names a hundred thousand tensors, none of which holds a byte."""
    return costly(
        desk,
        """
import struct
def forged(n):
    one = b'"%x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}'
    header = b"{" + b",".join(one % i for i in range(FILE // 60)) + b"}"
    return struct.pack("<Q", len(header)) + header
""",
    )


@attack(*RIGHT)
def record_of_arrays_without_bytes(desk: Desk) -> NotebookNode:
    """Arrays of 10^15 rows and no column, in every place where an array is expected."""
    return costly(
        desk,
        """
import struct
def forged(n):
    empty = b'{"a":"e"}'
    outputs = b'{"d":{"w":E,"rho":E,"own":{"d":{"out":E,"numeric":{"d":{"w":E}}}}}}'
    tree = observed(outputs.replace(b"E", empty), n)
    header = json.dumps({"e": {"dtype": "F64", "shape": [10**15, 0, 10**3], "data_offsets": [0, 0]},
                         "tree": {"dtype": "U8", "shape": [len(tree)],
                                  "data_offsets": [0, len(tree)]}}).encode()
    return struct.pack("<Q", len(header)) + header + tree
""",
    )


@attack(*RIGHT)
def record_of_a_dictionary_to_be_shown(desk: Desk) -> NotebookNode:
    """A dictionary of names in the place of an array: what is shown of it has no limit."""
    return costly(
        desk,
        """
def forged(n):
    keys = b",".join(b'"%x":{"v":0}' % i for i in range(FILE // 16))
    inside = b'{"d":{' + keys + b"}}"
    return text(observed(b'{"d":{"w":' + inside + b',"rho":{"v":0}}}', n))
""",
    )


@attack(*RIGHT)
def record_of_a_function_with_a_long_name(desk: Desk) -> NotebookNode:
    """Functions for results, whose names are a million characters long and would be shown."""
    return costly(
        desk,
        """
def forged(n):
    function = b'{"f":"' + b"f" * (FILE // n - 1000) + b'","p":{"d":{}}}'
    result = b'{"w":' + function + b"}" if n < 20 else b'{"rho":' + function + b"}"
    one = b'{"d":{"outputs":{"d":' + result + b'},"problem":{"v":null},"notes":{"l":[]}}}'
    return text(b'{"l":[' + b",".join([one] * n) + b"]}")
""",
    )


@attack(*RIGHT)
def record_of_long_names(desk: Desk) -> NotebookNode:
    """Names of outputs, the kind of a problem, and remarks of megabytes each."""
    return costly(
        desk,
        """
def forged(n):
    long = b'"' + b"x" * (3 << 20) + b'"'
    problem = b'{"d":{"kind":{"v":%s},"text":{"v":%s}}}' % (long, long)
    notes = b'{"l":[{"v":%s},{"v":%s}]}' % (long, long[:-9] + b'"')
    return text(observed(b'{"d":{' + long + b':{"v":0}}}', n, problem, notes))
""",
    )


@attack(*RIGHT)
def record_of_endless_numbers(desk: Desk) -> NotebookNode:
    """Whole and other numbers of a million digits, as values and as seeds of generators."""
    return costly(
        desk,
        """
def forged(n):
    digits = b"7" * (1 << 20)
    values = [b'{"v":0.%s}' % digits, b'{"v":%s.5e-9}' % digits, b'{"r":"%s"}' % digits[:4000],
              b'{"r":%s}' % digits[:4000], b'{"r":1e308}', b'{"v":-1e999}']
    forged.turn = getattr(forged, "turn", 0) + 1
    if forged.turn % 2:
        values.append(b'{"v":%s}' % digits)
    return text(observed(b'{"d":{"w":{"l":[' + b",".join(values) + b"]}}}", n))
""",
    )


@attack(*RIGHT)
def record_of_gradient_checks_without_number(desk: Desk) -> NotebookNode:
    """Hundreds of thousands of gradients, each to be compared with its numerical one."""
    return costly(
        desk,
        """
def forged(n):
    many = b",".join(b'"%x":{"a":"0"}' % i for i in range(FILE // 40))
    own = b'{"d":{"numeric":{"d":{' + many + b"}}}}"
    return text(observed(b'{"d":{"own":' + own + b"," + many + b"}}", n), **{"0": np.ones(2)})
""",
    )
