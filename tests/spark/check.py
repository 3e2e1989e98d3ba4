"""Eight made-up logs over two executors: the report must be that of one `logloupe analyze`, byte for byte.

    python tests/spark/check.py target/debug/logloupe tests/out/spark-run
"""

import gzip
import os
import random
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# Each executor is a JVM of its own, with one core and a GiB.
MASTER = "local-cluster[2,1,1024]"
ATTACKS = ["/?id=1%27%20OR%201=1--", "/../../etc/passwd", "/.env", "/wp-login.php", "/cgi-bin/test.cgi?x=$(id)"]


def access_log(drawn, start, rows):
    """Requests of a day, some of them attacks; addresses and names are of those that stand for nobody."""
    lines = []
    for row in range(rows):
        second = start + row * 86400 // rows
        client = f"198.51.100.{drawn.randrange(80)}"
        path = drawn.choice(ATTACKS) if drawn.random() < 0.01 else f"/shop/{drawn.randrange(300)}?page={drawn.randrange(9)}"
        status = drawn.choices([200, 304, 404, 500], [80, 8, 10, 2])[0]
        at = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(second))
        lines.append(f'{client} - - [{at}] "GET {path} HTTP/1.1" {status} {drawn.randrange(90000)} "-" "Mozilla/5.0 (X11)"\n')
    return "".join(lines).encode()


def dns_log(drawn, start, rows):
    """Look-ups as Zeek writes them, one client asking again and again."""
    fields = "ts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tquery\tqtype_name\trcode_name"
    types = "time\tstring\taddr\tport\taddr\tport\tenum\tstring\tstring\tstring"
    lines = ["#separator \\x09\n#unset_field\t-\n#path\tdns\n#fields\t" + fields + "\n#types\t" + types + "\n"]
    for row in range(rows):
        second = start + row * 86400 / rows
        client = f"192.0.2.{drawn.randrange(40)}"
        name = drawn.choice(["www.example.com", "cdn.example.net", f"{drawn.randrange(16**8):08x}.tunnel.example.org"])
        lines.append(f"{second:.6f}\tC{row}\t{client}\t{40000 + row % 9999}\t203.0.113.53\t53\tudp\t{name}\tA\tNOERROR\n")
    return "".join(lines).encode()


def generate(folder):
    """Five access logs, one of them compressed, and three of Zeek's, over days that overlap."""
    drawn = random.Random(42)
    day = 1767225600
    logs = {f"web-{n}/access.log": access_log(drawn, day + n * 40000, 4000 + 900 * n) for n in range(4)}
    logs["web-4/access.log.gz"] = gzip.compress(access_log(drawn, day, 5000), mtime=0)
    logs |= {f"zeek/dns-{n}.log": dns_log(drawn, day + n * 50000, 3000) for n in range(3)}
    for path, content in logs.items():
        os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
        with open(os.path.join(folder, path), "wb") as file:
            file.write(content)
    return sum(map(len, logs.values()))


def spark(program, folder, output, more):
    """Runs the recipe; gives who read what."""
    home = os.path.dirname(__import__("pyspark").__file__)
    env = {**os.environ, "SPARK_HOME": home, "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    submit = [os.path.join(home, "bin", "spark-submit"), "--master", MASTER]
    quiet = ["--conf", "spark.ui.enabled=false", "--conf", "spark.log.level=ERROR"]
    recipe = [os.path.join(HERE, "logloupe_spark.py"), folder, "--program", program, "--output", output, *more]
    run = subprocess.run(submit + quiet + recipe, env=env, cwd=os.path.dirname(output), capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(run.stdout + run.stderr)
    # spark-submit puts both outputs of its program into one.
    return [line for line in run.stdout.splitlines() if line.startswith("executor ")]


def main():
    program, out = map(os.path.abspath, sys.argv[1:3])
    shutil.rmtree(out, ignore_errors=True)
    folder = os.path.join(out, "logs")
    size = generate(folder)
    whole = subprocess.run([program, "analyze", folder, "--format", "json"], stdout=subprocess.PIPE, check=True).stdout
    print(f"8 files, {size} bytes; one analyze: a report of {len(whole)} bytes")
    for more in [], ["--with-files"]:
        output = os.path.join(out, "report.json")
        begun = time.monotonic()
        lines = spark(program, folder, output, more)
        took = time.monotonic() - begun
        print("\n".join(lines))
        executors = {line.split()[1] for line in lines}
        if len(lines) != 8 or len(executors) != 2:
            sys.exit(f"expected 8 tasks on 2 executors, found {len(lines)} on {len(executors)}")
        with open(output, "rb") as file:
            if file.read() != whole:
                sys.exit(f"the report of Spark {more} is another one")
        print(f"2 executors{''.join(' ' + option for option in more)}: the same report, byte for byte, in {took:.1f} s")


if __name__ == "__main__":
    main()
