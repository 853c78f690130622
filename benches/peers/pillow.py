"""A peer of bench-peers: Pillow. Reads one request a line from standard input, each a list of
tasks, and answers each with one line."""

import io
import json
import sys
import time

import PIL
from PIL import Image, features

Image.MAX_IMAGE_PIXELS = None


def save(task, picture, file):
    setting = task["setting"]
    if task["format"] == "webp":
        picture.save(file, "WEBP", quality=setting)
    elif task["format"] == "jpg":
        picture.save(file, "JPEG", quality=setting, optimize=True, progressive=True)
    elif task["format"] == "avif":
        picture.save(file, "AVIF", quality=setting, max_threads=task["threads"])
    elif task["format"] == "raw":
        # For looking at results: 8-bit RGB without a header.
        file.write(picture.convert("RGB").tobytes())
    else:
        picture.save(file, "PNG", optimize=True)


def run(task, data):
    picture = Image.open(io.BytesIO(data))
    if task["width"]:
        width = task["width"]
        height = round(picture.height * width / picture.width)
        picture.draft("RGB", (2 * width, 2 * height))
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    save(task, picture, file)
    return file.getvalue(), picture.size


def answer(request):
    tasks = request["tasks"]
    inputs = []
    for task in tasks:
        with open(task["input"], "rb") as file:
            inputs.append(file.read())
    wall, cpu = time.perf_counter(), time.process_time()
    results = [run(task, data) for task, data in zip(tasks, inputs)]
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    for task, (data, _) in zip(tasks, results):
        if task["output"]:
            with open(task["output"], "wb") as file:
                file.write(data)
    return {
        "wall_ms": wall * 1e3,
        "cpu_ms": cpu * 1e3,
        "bytes": sum(len(data) for data, _ in results),
        "width": results[0][1][0],
        "height": results[0][1][1],
    }


avif = f", libavif {features.version('avif')}" if features.check("avif") else ""
print(f"Pillow {PIL.__version__} (libwebp {features.version('webp')}{avif})", flush=True)
for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except Exception as error:  # The driver reports it and goes on.
        reply = {"error": repr(error)}
    print(json.dumps(reply), flush=True)
