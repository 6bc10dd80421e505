"""Pictures in all the forms that zoo reads, and what Pillow makes of them.

Writes `images/`: for each picture `<name>` its pixels `<name>.rgb`, raw bytes
[height, width, 3] from `convert("RGB")`; and resized or prepared versions of
`rgb.png` as raw bytes. Where Pillow cannot write a form (16-bit RGB,
interlacing) the PNG is put together here; where it loses digits (it cuts off
or clips 16-bit values) the pixels are rounded here. Needs numpy, Pillow
(13.0.0, with libjpeg-turbo 3.2.0, made the committed files) and, for rare
samplings, libjpeg-turbo's `cjpeg` (2.1.5). Run:

    python make_images.py
"""

import io
import pathlib
import struct
import subprocess
import zlib

import numpy as np
from PIL import Image, ImageOps, PngImagePlugin

FOLDER = pathlib.Path(__file__).parent / "images"
WIDTH, HEIGHT = 30, 22
FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
SAMPLINGS = {"410": "4x2,1x1,1x1", "1x4": "1x4,1x1,1x1", "mixed": "2x2,2x1,1x2",
             "411-doubled": "4x1,2x1,2x1"}
SIZES = [(16, 12), (7, 5), (1, 1), (30, 11), (13, 22), (41, 27), (20, 35)]


def scene(width, height):
    """A smooth picture with edges and a little noise, [height, width, 3] in 0...1."""
    y, x = np.mgrid[0:height, 0:width] / [[[height]], [[width]]]
    channels = [x, y, 0.5 + 0.5 * np.sin(9 * x + 4 * y)]
    picture = np.stack(channels, -1)
    picture[height // 4 : height // 2, width // 3 : width // 2] = [1, 0.1, 0.9]
    picture[(x - 0.7) ** 2 + (y - 0.7) ** 2 < 0.04] = 0
    noise = np.random.default_rng(1).normal(0, 0.05, picture.shape)
    return np.clip(picture + noise, 0, 1)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, colour, rows, interlaced=0):
    """A PNG file of unfiltered rows, each as bytes."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    data = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def adam7(pixels):
    """The rows of the seven passes (PNG specification, section 8.2)."""
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2),
              (1, 0, 2, 1)]
    for top, left, down, right in passes:
        for row in pixels[top::down, left::right]:
            if row.size:
                yield row.tobytes()


def put(name, content, pixels=None):
    path = FOLDER / name
    path.write_bytes(content) if isinstance(content, bytes) else content(path)
    if pixels is None:
        pixels = np.asarray(Image.open(path).convert("RGB"))
    (FOLDER / f"{name}.rgb").write_bytes(np.ascontiguousarray(pixels, np.uint8).tobytes())


def write_pngs(unit):
    rgb = np.rint(unit * 255).astype(np.uint8)
    small = rgb[6:17, 8:21]  # 13 x 11
    height, width, _ = small.shape
    alpha = np.arange(height * width, dtype=np.uint8).reshape(height, width)
    image = Image.fromarray(small)
    grey = image.convert("L")

    put("rgb.png", lambda path: Image.fromarray(rgb).save(path))
    put("grey.png", lambda path: grey.save(path))
    put("grey-alpha.png", lambda path: Image.merge("LA", [grey, Image.fromarray(alpha)]).save(path))
    put("rgba.png", lambda path: Image.fromarray(np.dstack([small, alpha])).save(path))
    put("one-bit.png", lambda path: image.convert("1").save(path))
    palette = image.quantize(200)
    put("palette.png", lambda path: palette.save(path))
    put("palette-2-bit.png", lambda path: image.quantize(4).save(path))
    put("palette-transparent.png",
        lambda path: palette.save(path, transparency=bytes(range(0, 200))))
    put("colour-key.png", lambda path: image.save(path, transparency=tuple(map(int, small[0, 0]))))

    # A gamma far from sRGB's, and a text: both are left aside.
    extra = PngImagePlugin.PngInfo()
    extra.add(b"gAMA", struct.pack(">I", 100_000))
    extra.add_text("comment", "word " * 100, zip=True)
    put("gamma.png", lambda path: image.save(path, pnginfo=extra))

    put("interlaced.png", png(width, height, 8, 2, adam7(small), interlaced=1))

    wide = np.rint(unit[6:17, 8:21] * 65535).astype(">u2")
    # v / 257 has no ties, so every way to round to the nearest agrees.
    rounded = np.rint(wide / 257)
    put("rgb-16.png", png(width, height, 16, 2, [row.tobytes() for row in wide]), rounded)
    first = np.repeat(rounded[..., :1], 3, -1)
    rows = [np.ascontiguousarray(row[:, 0]).tobytes() for row in wide]
    put("rgb-16-interlaced.png", png(width, height, 16, 2, adam7(wide), interlaced=1), rounded)
    put("grey-16.png", png(width, height, 16, 0, rows), first)
    with_alpha = np.concatenate([wide, wide[..., :1]], -1).astype(">u2")
    put("rgba-16.png", png(width, height, 16, 6, [row.tobytes() for row in with_alpha]), rounded)

    # 4 x 4 pixels, and 4 MB of data.
    header = struct.pack(">IIBBBBB", 4, 4, 8, 0, 0, 0, 0)
    (FOLDER / "bomb.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(4_000_000), 9)) + chunk(b"IEND", b""))


def write_jpegs(unit):
    # 21 x 19: no multiple of a block's 8 or 16 pixels.
    image = Image.fromarray(np.rint(unit[:19, 5:26] * 255).astype(np.uint8))
    put("grey.jpg", lambda path: image.convert("L").save(path, quality=80))
    put("444.jpg", lambda path: image.save(path, quality=90, subsampling=0))
    put("422.jpg", lambda path: image.save(path, quality=80, subsampling=1))
    put("420.jpg", lambda path: image.save(path, quality=80, subsampling=2))
    put("progressive.jpg", lambda path: image.save(path, quality=80, progressive=True))
    put("restarts.jpg", lambda path: image.save(path, quality=80, restart_marker_blocks=2))
    ppm = io.BytesIO()
    image.save(ppm, "PPM")
    for name, sampling in SAMPLINGS.items():
        command = ["cjpeg", "-quality", "80", "-sample", sampling]
        put(f"{name}.jpg",
            subprocess.run(command, input=ppm.getvalue(), capture_output=True, check=True).stdout)
    image.convert("CMYK").save(FOLDER / "cmyk.jpg", quality=50)
    for tag in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = tag
        path = FOLDER / f"turned-{tag}.jpg"
        image.save(path, quality=80, subsampling=0, exif=exif)
        upright = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
        (FOLDER / f"turned-{tag}.jpg.rgb").write_bytes(upright.tobytes())


def write_resized(image):
    for name, method in FILTERS.items():
        for size in SIZES:
            resized = image.resize(size, method)
            (FOLDER / f"{name}-{size[0]}x{size[1]}.rgb").write_bytes(resized.tobytes())
    (FOLDER / "mirrored.rgb").write_bytes(ImageOps.mirror(image).tobytes())
    # What ImagePreparation does, step by step.
    left, top = (WIDTH - 19) // 2, (HEIGHT - 19) // 2
    square = image.crop((left, top, left + 19, top + 19))
    (FOLDER / "crop-19-to-8x8.rgb").write_bytes(
        square.resize((8, 8), Image.Resampling.BILINEAR).tobytes())
    (FOLDER / "crop-19-to-8x8.grey").write_bytes(
        square.convert("L").resize((8, 8), Image.Resampling.BILINEAR).tobytes())
    # Of 30 x 22 the shape 8 : 12 is 15 x 22, rounded up from 14 2/3.
    (FOLDER / "shape-8x12.rgb").write_bytes(
        image.crop((7, 0, 22, 22)).resize((8, 12), Image.Resampling.BICUBIC).tobytes())


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    unit = scene(WIDTH, HEIGHT)
    write_pngs(unit)
    write_jpegs(unit)
    write_resized(Image.open(FOLDER / "rgb.png"))
