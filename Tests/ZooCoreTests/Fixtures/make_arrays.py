"""Writes arrays/: small NumPy files, as numpy.save makes them.

    python3 Tests/ZooCoreTests/Fixtures/make_arrays.py
"""

import os

import numpy as np

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "arrays")


def main():
    os.makedirs(FOLDER, exist_ok=True)
    ramp = np.arange(2 * 3 * 4 * 3)
    arrays = {
        "bytes-rgb": ramp.reshape(2, 3, 4, 3).astype("u1"),
        "bytes-grey": ramp[:24].reshape(2, 3, 4).astype("u1"),
        "floats": (ramp[:24].reshape(2, 3, 4, 1) / 23).astype("<f4"),
        "doubles": ramp[:24].reshape(2, 3, 4, 1) / 23,
        "points": np.array([[0.5, -2], [3, 4], [1e-3, 7]], dtype="<f4"),
        "out-of-range": np.full((1, 2, 2), 1.5, dtype="<f4"),
        "fortran": np.asfortranarray(ramp[:24].reshape(2, 3, 4).astype("u1")),
        "strings": np.array(["a", "b"]),
        "vector": ramp.astype("u1"),
    }
    for name, array in arrays.items():
        np.save(os.path.join(FOLDER, name + ".npy"), array)


if __name__ == "__main__":
    main()
