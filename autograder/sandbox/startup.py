"""The first cell of every kernel that grades; its text is sent there, and nobody's work is in it.

After it, a line of a cell that fails costs only what depends on it: a notebook that asks for
a package which the grader does not have still defines its functions.  All of this happens in
the student's own process: whoever undoes it harms nobody else.
"""

import __main__


def _run_lines_apart(shell):  # type: ignore[no-untyped-def]
    import ast
    import builtins

    most = 5  # errors of one cell that are shown
    tell_name = "__line_failed__"

    as_python = shell.transform_cell  # magics become calls

    def whole(source):  # type: ignore[no-untyped-def]
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        try:
            compile(as_python(source), "<cell>", "exec", flags, dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            return error
        return None

    def blocks(lines):  # type: ignore[no-untyped-def]
        """Lines in groups that begin at the left edge, with what belongs to them."""
        found, decorated = [], False  # type: ignore[var-annotated]
        goes_on = ("else", "elif", "except", "finally", ")", "]", "}")
        for line in lines:
            begins = line[:1].strip() and not line.startswith(goes_on)
            if not found or (begins and not decorated):
                found.append([])
            found[-1].append(line)
            if line.strip():
                decorated = line.startswith("@")
        return found

    def readable(source):  # type: ignore[no-untyped-def]
        """The same cell; in the place of blocks that are no Python, a line that tells of it."""
        lines = source.splitlines(keepends=True)
        if source.startswith("%%") or len(lines) > 5000 or whole(source) is None:
            return as_python(source)
        kept, waiting = [], blocks(lines)  # type: ignore[var-annotated]
        while waiting:
            # what does not stand alone may be the beginning of something longer
            for count in range(1, min(len(waiting), 40) + 1):
                text = "".join(line for block in waiting[:count] for line in block)
                if whole(text) is None:
                    break
            else:
                count, bad = 1, whole("".join(waiting[0]))
                line = len(kept) + (getattr(bad, "lineno", None) or 1)
                place = ("this cell", line, *getattr(bad, "args", ((), ()))[1][2:4])
                said = (getattr(bad, "msg", str(bad)), place)
                text = f"{tell_name}({type(bad).__name__}(*{said!r}))\n"
                text += "\n" * (len(waiting[0]) - 1)  # lines keep their numbers
            kept += text.splitlines(keepends=True)
            waiting = waiting[count:]
        return as_python("".join(kept))

    class Apart(ast.NodeTransformer):
        """Puts each statement of a cell into a `try` of its own."""

        def visit(self, node):  # type: ignore[no-untyped-def]
            if not isinstance(node, ast.Module):
                return node
            for i, line in enumerate(node.body):
                last = i == len(node.body) - 1 and isinstance(line, ast.Expr)  # it is displayed
                future = isinstance(line, ast.ImportFrom) and line.module == "__future__"
                if not last and not future:
                    tell = ast.parse(f"{tell_name}(__error__)").body
                    handler = ast.ExceptHandler(
                        ast.Name("Exception", ast.Load()), "__error__", tell
                    )
                    node.body[i] = ast.copy_location(ast.Try([line], [handler], [], []), line)
            return node

    told = [0]

    def line_failed(error):  # type: ignore[no-untyped-def]
        told[0] += 1
        if told[0] <= most:
            shell.showtraceback((type(error), error, error.__traceback__))

    def forget(*_):  # type: ignore[no-untyped-def]
        told[0] = 0

    setattr(builtins, tell_name, line_failed)
    shell.transform_cell = readable
    shell.ast_transformers.append(Apart())
    shell.events.register("pre_run_cell", forget)


_run_lines_apart(__main__.get_ipython())
del _run_lines_apart, __main__
