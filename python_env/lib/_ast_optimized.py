"""What `compile()` does to a tree that it is given with `ast.PyCF_OPTIMIZED_AST`."""

import ast
import copy


class _Debug(ast.NodeTransformer):
    def __init__(self, value):
        self.value = value

    def visit_Name(self, node):
        if node.id != '__debug__' or not isinstance(node.ctx, ast.Load):
            return node
        return ast.copy_location(ast.Constant(self.value), node)


def optimized(tree, level):
    """A copy in which `__debug__` is what it is at this level."""
    return _Debug(level == 0).visit(copy.deepcopy(tree))
