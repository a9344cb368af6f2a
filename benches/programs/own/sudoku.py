"""Sudoku by constraint propagation and search, with candidates in sets."""

PUZZLES = [
    "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79",
    "..9748...7.........2.1.9.....7...24..64.1.59..98...3.....8.3.2.........6...2759..",
    "4.....8.5.3..........7......2.....6.....8.4......1.......6.3.7.5..2.....1.4......",
    "..............3.85..1.2.......5.7.....4...1...9.......5......73..2.1........4...9"[:81],
]

ROWS = [[(r, c) for c in range(9)] for r in range(9)]
COLUMNS = [[(r, c) for r in range(9)] for c in range(9)]
BOXES = [[(3 * i + k // 3, 3 * j + k % 3) for k in range(9)] for i in range(3) for j in range(3)]
UNITS = ROWS + COLUMNS + BOXES
CELLS = [cell for row in ROWS for cell in row]
UNITS_OF = {cell: [u for u in UNITS if cell in u] for cell in CELLS}
PEERS = {cell: set().union(*UNITS_OF[cell]) - {cell} for cell in CELLS}


class Contradiction(Exception):
    pass


class Grid:
    def __init__(self, candidates=None):
        self.candidates = candidates or {cell: set(range(1, 10)) for cell in CELLS}

    @classmethod
    def parse(cls, text):
        grid = cls()
        for cell, c in zip(CELLS, text):
            if c != ".":
                grid.assign(cell, int(c))
        return grid

    def copy(self):
        return Grid({cell: set(values) for cell, values in self.candidates.items()})

    def assign(self, cell, digit):
        for other in self.candidates[cell] - {digit}:
            self.eliminate(cell, other)

    def eliminate(self, cell, digit):
        values = self.candidates[cell]
        if digit not in values:
            return
        values.remove(digit)
        if not values:
            raise Contradiction(cell)
        if len(values) == 1:
            (last,) = values
            for peer in PEERS[cell]:
                self.eliminate(peer, last)
        for unit in UNITS_OF[cell]:
            places = [c for c in unit if digit in self.candidates[c]]
            if not places:
                raise Contradiction(unit)
            if len(places) == 1:
                self.assign(places[0], digit)

    @property
    def is_solved(self):
        return all(len(values) == 1 for values in self.candidates.values())

    def __str__(self):
        return "".join(str(min(self.candidates[cell])) for cell in CELLS)


class Solver:
    def __init__(self):
        self.guesses = 0

    def solve(self, grid):
        if grid.is_solved:
            return grid
        cell = min((c for c in CELLS if len(grid.candidates[c]) > 1), key=lambda c: (len(grid.candidates[c]), c))
        for digit in sorted(grid.candidates[cell]):
            attempt = grid.copy()
            self.guesses += 1
            try:
                attempt.assign(cell, digit)
            except Contradiction:
                continue
            solved = self.solve(attempt)
            if solved:
                return solved
        return None


def is_valid(text):
    return all({text[9 * r + c] for r, c in unit} == set("123456789") for unit in UNITS)


def run(n):
    results = []
    for _ in range(n):
        for puzzle in PUZZLES[:3]:
            solver = Solver()
            solution = str(solver.solve(Grid.parse(puzzle)))
            assert is_valid(solution)
            results.append(f"{solution[:12]}:{solver.guesses}")
    return " ".join(results[:3])
