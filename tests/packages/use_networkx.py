"""Graph algorithms."""


def use():
    import networkx as nx

    g = nx.gnp_random_graph(60, 0.1, seed=1)
    return (
        0,
        nx.number_connected_components(g),
        nx.shortest_path_length(nx.path_graph(9), 0, 8),
        nx.transitivity(g),
        len(list(nx.find_cliques(g))),
        nx.is_planar(nx.petersen_graph()),
        len(nx.minimum_spanning_tree(g).edges),
        nx.to_graph6_bytes(nx.path_graph(4)),
    )


if __name__ == "__main__":
    for part in use():
        print(part)
