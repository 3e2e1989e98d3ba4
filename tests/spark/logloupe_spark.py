"""Analyses the logs of a folder with the executors of an Apache Spark cluster.

    spark-submit logloupe_spark.py /shared/logs --output report.json

Each task gets the paths of some files and lets `logloupe map` read them where it runs; the driver lets `logloupe reduce` put the
parts together. The report is that of one `logloupe analyze` of the folder, byte for byte, however Spark deals the files out.

Paths travel, not lines: `RDD.pipe` would hand over lines as text and lose which file they are in, `binaryFiles` would push every
byte through the JVM. So executors must see the folder under the same path (NFS, a mounted bucket), and have the program at the
same place or get it with `--files logloupe`. Where the driver does not see the folder, `--with-files` lets parts carry the files, because
a report shows lines of them. A log is not split: what takes longest is the longest file.
"""

import argparse
import os
import subprocess
import sys
import tempfile

from pyspark import StorageLevel
from pyspark.sql import SparkSession


def files_below(folder):
    """Every file of the folder and of those in it, links not followed."""
    for at, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(at, name)
            if not os.path.islink(path):
                yield path


def mapping(program, folder, options):
    """What a task does: the part of the files whose paths it is given."""

    def map_files(paths):
        paths = list(paths)
        if paths:
            # A task has one core.
            command = [program, "map", *paths, "--below", folder, "--jobs", "1", "--progress", "never", *options]
            run = subprocess.run(command, capture_output=True)
            if run.returncode != 0:
                raise RuntimeError(run.stderr.decode(errors="replace").strip())
            yield os.getcwd(), paths, run.stdout

    return map_files


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", help="the logs, as executors see them")
    parser.add_argument("--program", default="logloupe", help="the command line of Logloupe, as executors see it")
    parser.add_argument("--config", help="settings, as executors see them")
    parser.add_argument("--with-files", action="store_true", help="the driver does not see the logs")
    parser.add_argument("--output", required=True, help="where to write the report")
    chosen = parser.parse_args()

    options = ["--config", chosen.config] if chosen.config else []
    options += ["--with-files"] if chosen.with_files else []
    context = SparkSession.builder.appName("logloupe").getOrCreate().sparkContext
    # A file a task: the cluster gives the next one to whoever is free. The largest come first.
    paths = sorted(files_below(chosen.folder), key=os.path.getsize, reverse=True)
    tasks = context.parallelize(paths, max(1, len(paths))).mapPartitions(mapping(chosen.program, chosen.folder, options))
    with tempfile.TemporaryDirectory() as scratch:
        parts = []
        # All of them run at once; then one part at a time comes to the driver.
        tasks.persist(StorageLevel.DISK_ONLY).count()
        for where, read, part in tasks.toLocalIterator():
            parts.append(os.path.join(scratch, f"{len(parts)}.part"))
            with open(parts[-1], "wb") as file:
                file.write(part)
            names = ", ".join(os.path.relpath(path, chosen.folder) for path in read)
            print(f"executor {os.path.basename(where)} read {names}: a part of {len(part)} bytes")
        reduce = [chosen.program, "reduce", *parts, "--format", "json", "--output", chosen.output]
        sys.exit(subprocess.run(reduce).returncode)


if __name__ == "__main__":
    main()
