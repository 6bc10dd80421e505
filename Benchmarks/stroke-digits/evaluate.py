#!/usr/bin/env python3
"""Trains a small CNN on stroke digits alone and reports how many MNIST test digits it reads."""

import argparse
import gzip

import numpy as np
import torch
from torch import nn


def read_idx(path):
    """The array in an IDX file of bytes, gzipped or not."""
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        data = file.read()
    if data[:3] != b"\0\0\x08":
        raise SystemExit(f"{path}: not an IDX file of bytes")
    shape = np.frombuffer(data, ">u4", data[3], 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)


def load(images, labels):
    images = torch.from_numpy(read_idx(images).astype(np.float32) / 255).unsqueeze(1)
    return images, torch.from_numpy(read_idx(labels).astype(np.int64))


def network():
    return nn.Sequential(
        nn.Conv2d(1, 16, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.3), nn.Linear(32 * 7 * 7, 64), nn.ReLU(), nn.Linear(64, 10))


def train(model, images, labels, epochs, batch):
    steps = epochs * (len(images) // batch)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for epoch in range(epochs):
        total = 0.0
        for indices in torch.randperm(len(images))[: len(images) // batch * batch].split(batch):
            loss = nn.functional.cross_entropy(model(images[indices]), labels[indices])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total / (len(images) // batch):.4f}", flush=True)


@torch.no_grad()
def predict(model, images):
    model.eval()
    return torch.cat([model(part).argmax(1) for part in images.split(1000)])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", required=True, help="stroke digits, IDX")
    parser.add_argument("--labels", required=True, help="their labels, IDX")
    parser.add_argument("--test-images", required=True, help="t10k-images-idx3-ubyte[.gz]")
    parser.add_argument("--test-labels", required=True, help="t10k-labels-idx1-ubyte[.gz]")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--predictions", help="write the predicted digits here, one byte each")
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    images, labels = load(options.images, options.labels)
    test_images, test_labels = load(options.test_images, options.test_labels)
    for name, pixels in (("stroke digits", images), ("test digits", test_images)):
        print(f"{name}: {len(pixels)}, mean {pixels.mean():.4f}, deviation {pixels.std():.4f}")

    model = network()
    train(model, images, labels, options.epochs, options.batch)
    predictions = predict(model, test_images)
    confusion = torch.zeros(10, 10, dtype=torch.int64)
    for truth, guess in zip(test_labels, predictions):
        confusion[truth, guess] += 1
    print("rows: true digit, columns: read as")
    for digit, row in enumerate(confusion):
        share = 100 * row[digit] / row.sum()
        print(f"{digit}  {' '.join(f'{count:5d}' for count in row.tolist())}  {share:6.2f} %")
    print(f"accuracy: {100 * (predictions == test_labels).float().mean():.2f} %")
    if options.predictions:
        predictions.numpy().astype(np.uint8).tofile(options.predictions)


if __name__ == "__main__":
    main()
