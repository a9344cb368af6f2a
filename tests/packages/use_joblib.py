"""Calls in threads and processes; a cache on disk."""


def use():
    import joblib, tempfile

    m = joblib.Memory(tempfile.mkdtemp(), verbose=0)
    n = [0]

    @m.cache
    def sq(x):
        n[0] += 1
        return x * x

    return (
        joblib.Parallel(n_jobs=2, prefer='threads')(joblib.delayed(pow)(i, 2) for i in range(6)),
        sq(3),
        sq(3),
        n,
        joblib.hash({'a': [1, 2]}),
        joblib.Parallel(n_jobs=2, backend='multiprocessing')(joblib.delayed(pow)(i, 3) for i in range(4)),
        joblib.Parallel(n_jobs=2)(joblib.delayed(pow)(i, 3) for i in range(4)),
    )


if __name__ == "__main__":
    for part in use():
        print(part)
