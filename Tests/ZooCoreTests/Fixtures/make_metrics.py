"""Oracle for the evaluation metrics: the definitions of the papers, written
plainly with NumPy, SciPy and mpmath on small feature matrices. Run:

    python make_metrics.py metrics.safetensors

Needs numpy, scipy, mpmath and safetensors. The Frechet distances of singular
covariances come from mpmath in 60 digits, since sqrtm loses half of the digits
there; elsewhere both must agree. `--torch-fidelity` compares with that package
as well, and needs it, torch and torchvision.
"""

import argparse

import mpmath
import numpy as np
import scipy.linalg
import scipy.special
import scipy.stats
from safetensors.numpy import save_file

SEED = 2026
PURPOSE = 12  # zoo's RandomPurpose.subsets
SUBSETS, SUBSET_SIZE = 7, 20


# Frechet distance

def frechet(first, second):
    """The definition, with SciPy's root of the product."""
    (m1, s1), (m2, s2) = ((x.mean(0), np.cov(x, rowvar=False)) for x in (first, second))
    root = scipy.linalg.sqrtm(s1 @ s2)
    return (m1 - m2) @ (m1 - m2) + np.trace(s1 + s2 - 2 * np.real(root))


def exact_frechet(first, second):
    """The definition in 60 digits: the root's trace from the eigenvalues of S1 S2."""
    mpmath.mp.dps = 60
    moments = []
    for x in (first, second):
        rows = mpmath.matrix(x.tolist())
        n, d = x.shape
        mean = [mpmath.fsum(rows[i, j] for i in range(n)) / n for j in range(d)]
        centred = mpmath.matrix(n, d)
        for i in range(n):
            for j in range(d):
                centred[i, j] = rows[i, j] - mean[j]
        moments.append((mean, centred.T * centred / (n - 1)))
    (m1, s1), (m2, s2) = moments
    values = mpmath.eig(s1 * s2, left=False, right=False)
    # Rounding makes 1e-60 of the zeros; their roots would still be 1e-30 only.
    root = mpmath.fsum(mpmath.sqrt(max(mpmath.re(v), 0)) for v in values)
    means = mpmath.fsum((a - b) ** 2 for a, b in zip(m1, m2))
    return float(means + sum(s1[i, i] + s2[i, i] for i in range(len(m1))) - 2 * root)


# Kernel distance

def philox(counter, key):
    """Philox4x32-10 of four counter words and two key words, as Python integers."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    mask = 0xFFFFFFFF
    for _ in range(10):
        p0, p1 = c0 * 0xD2511F53, c2 * 0xCD9E8D57
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & mask, (p0 >> 32) ^ c3 ^ k1, p0 & mask
        k0, k1 = (k0 + 0x9E3779B9) & mask, (k1 + 0xBB67AE85) & mask
    return c0, c1, c2, c3


assert philox((0,) * 4, (0, 0)) == (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)


def draw(count, total, subset, which):
    """zoo's choice of `count` of `total` indices: the start of a Fisher-Yates shuffle."""
    indices = list(range(total))
    for i in range(count):
        word = philox((i // 4, which, subset, 0), (SEED, PURPOSE))[i % 4]
        j = i + (word * (total - i) >> 32)
        indices[i], indices[j] = indices[j], indices[i]
    return indices[:count]


def squared_discrepancy(x, y):
    m = len(x)
    kernel = lambda a, b: (a @ b.T / a.shape[1] + 1) ** 3
    off_diagonal = lambda k: k.sum() - np.trace(k)
    return ((off_diagonal(kernel(x, x)) + off_diagonal(kernel(y, y))) / (m * (m - 1))
            - 2 * kernel(x, y).sum() / m ** 2)


def kernel_distance(first, second):
    values = [squared_discrepancy(first[draw(SUBSET_SIZE, len(first), s, 0)],
                                  second[draw(SUBSET_SIZE, len(second), s, 1)])
              for s in range(SUBSETS)]
    return np.array([np.mean(values), np.std(values)])


# Neighbourhoods

def distances(x, y):
    return np.sqrt(((x[:, None] - y[None]) ** 2).sum(-1))


def radii(x, k):
    """Distance to the k-th nearest other row; index 0 of a sorted row is the row itself."""
    return np.sort(distances(x, x), axis=1)[:, k]


def precision_recall(real, generated, k):
    d = distances(real, generated)
    precision = (d <= radii(real, k)[:, None]).any(0).mean()
    recall = (d <= radii(generated, k)[None]).any(1).mean()
    return np.array([precision, recall])


def density_coverage(real, generated, k):
    inside = distances(real, generated) < radii(real, k)[:, None]
    density = inside.sum(0).mean() / k
    coverage = (distances(real, generated).min(1) < radii(real, k)).mean()
    return np.array([density, coverage])


# Classifier

def classifier_score(logits, splits):
    logp = scipy.special.log_softmax(logits, axis=1)
    scores = []
    for i in range(splits):
        part = logp[i * len(logp) // splits:(i + 1) * len(logp) // splits]
        marginal = scipy.special.logsumexp(part, axis=0) - np.log(len(part))
        scores.append(np.exp((np.exp(part) * (part - marginal)).sum(1).mean()))
    return np.array([np.mean(scores), np.std(scores)])


def divergence_from_uniform(counts):
    shares = counts / counts.sum()
    return np.log(len(counts)) - scipy.stats.entropy(shares)


# Modes

def mode_coverage(points, centres, deviation):
    d = distances(points, centres)
    hits = d.argmin(1)[d.min(1) < 3 * deviation]
    counts = np.bincount(hits, minlength=len(centres))
    return np.array([(counts > 0).sum(), len(hits) / len(points),
                     divergence_from_uniform(counts)])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output")
    parser.add_argument("--torch-fidelity", action="store_true")
    arguments = parser.parse_args()

    rng = np.random.default_rng(SEED)
    normal = rng.standard_normal
    mixing = normal((8, 8))
    data = {
        "real": normal((60, 8)) @ mixing,
        "generated": 0.8 * normal((50, 8)) @ mixing + 0.5 * normal(8),
        # Fewer rows than columns.
        "few": normal((6, 12)),
        "fewMore": normal((9, 12)) + 0.3,
        # A network's dead units: columns that are always 0.
        "rectified": np.maximum(normal((40, 8)) + 0.2, 0),
        "deadUnits": np.maximum(normal((50, 8)) - [0, 0, 9, 0, 0, 9, 0, 0], 0),
        # Many ties and duplicates, where < and <= differ.
        "lattice": rng.integers(0, 6, (40, 2)).astype(np.float64),
        "latticeGenerated": rng.integers(3, 9, (35, 2)).astype(np.float64),
        # Some of these probabilities are too small for a Float64.
        "logits": normal((53, 6)) * np.where(np.arange(53) % 5 == 0, 600, 2)[:, None],
        "points": np.concatenate([
            0.3 * normal((150, 2)) + 2 * np.array([[1, 0]]).repeat(150, 0),
            0.02 * normal((70, 2)) + np.array([0, 2]), 0.02 * normal((80, 2)) - np.array([2, 0])]),
        "triples": rng.integers(0, 10, (700, 3)) ** 2 // 9,
        "symmetric": (lambda a: a + a.T)(normal((21, 21))),
    }
    angles = np.arange(8) * np.pi / 4
    ring = 2 * np.stack([np.cos(angles), np.sin(angles)], 1)
    real, generated = data["real"], data["generated"]
    lattice, lattice_generated = data["lattice"], data["latticeGenerated"]

    plain, exact = frechet(real, generated), exact_frechet(real, generated)
    assert abs(plain / exact - 1) < 1e-12, (plain, exact)
    d = distances(generated, real)
    triples = data["triples"] @ [100, 10, 1]
    stacked = np.bincount(triples, minlength=1000)
    pairs = lambda x: (distances(x, x) ** 2).sum() / (len(x) * (len(x) - 1))
    nearest_real = np.sort(radii(real, 1))
    expected = {
        "eigenvalues": np.linalg.eigvalsh(data["symmetric"]),
        "mean": real.mean(0),
        "covariance": np.cov(real, rowvar=False),
        "frechet": plain,
        "frechetSingular": exact_frechet(data["few"], data["fewMore"]),
        "frechetDead": exact_frechet(data["rectified"], data["deadUnits"]),
        "kernel": kernel_distance(real, generated),
        "radii": radii(real, 3),
        "latticeRadii": radii(lattice, 3),
        "precisionRecall": precision_recall(real, generated, 3),
        "latticePrecisionRecall": precision_recall(lattice, lattice_generated, 3),
        "densityCoverage": density_coverage(real, generated, 5),
        "latticeDensityCoverage": density_coverage(lattice, lattice_generated, 5),
        "nearestIndex": d.argmin(1),
        "nearestDistance": d.min(1),
        "nearRate": (radii(generated, 1) <= nearest_real[0]).mean(),
        "latticeDuplicates": (radii(lattice, 1) == 0).mean(),
        "score": classifier_score(data["logits"], 10),
        "wholeScore": classifier_score(data["logits"], 1),
        "modes": mode_coverage(data["points"], ring, 0.02),
        "stackedModes": np.array([(stacked > 0).sum(), divergence_from_uniform(stacked)]),
        "pairwise": np.array([pairs(generated), pairs(generated) / pairs(real)]),
    }
    for name, first, second in [("frechetSingular", "few", "fewMore"),
                                ("frechetDead", "rectified", "deadUnits")]:
        plain = frechet(data[first], data[second])
        print(f"{name}: sqrtm differs by {plain / expected[name] - 1:.1e}")
    if arguments.torch_fidelity:
        compare(data, expected)
    tensors = {**data, **{f"expected.{name}": value for name, value in expected.items()}}
    save_file({name: np.ascontiguousarray(value) for name, value in tensors.items()},
              arguments.output)


def compare(data, expected):
    import torch
    from torch_fidelity import metric_fid, metric_isc, metric_kid, metric_prc

    real, generated, logits = (torch.from_numpy(data[n]) for n in ("real", "generated", "logits"))
    pair = (generated, real)
    fid = metric_fid.fid_statistics_to_metric(
        *(metric_fid.fid_features_to_statistics(x) for x in pair), verbose=False)
    np.testing.assert_allclose(fid["frechet_inception_distance"], expected["frechet"], rtol=1e-9)
    isc = metric_isc.isc_features_to_metric(logits, 10, False)
    np.testing.assert_allclose(isc["inception_score_mean"], expected["score"][0], rtol=1e-9)
    np.testing.assert_allclose(isc["inception_score_std"], expected["score"][1], rtol=1e-9)
    prc = metric_prc.prc_features_to_metric(*pair, verbose=False)
    np.testing.assert_allclose(
        [prc["precision"], prc["recall"]], expected["precisionRecall"], rtol=1e-6)  # float32
    mmd = metric_kid.kernel_mmd(data["real"][:50], data["generated"])
    np.testing.assert_allclose(
        mmd, squared_discrepancy(data["real"][:50], data["generated"]), rtol=1e-9)
    print("torch-fidelity agrees")


main()
