"""Asks the service as many would: whatever its interface allows and forbids (schemathesis), and the same log again and again.

    python tests/conformance/service/check.py target/debug/logloupe tests/out/service-run
"""

import concurrent.futures
import os
import random
import subprocess
import sys
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
IN_SEQUENCE = 200
AT_ONCE = 16
# What the allocator may keep beyond what it had: a leak of one log or report a request would be many times that.
GROWTH_KIB = 40_000


def access_log(rows):
    """Requests of a day; addresses stand for nobody."""
    drawn = random.Random(42)
    lines = []
    for row in range(rows):
        at = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(1767225600 + row * 86400 // rows))
        path = "/?id=1%27%20OR%201=1--" if drawn.random() < 0.01 else f"/shop/{drawn.randrange(300)}?page={drawn.randrange(9)}"
        lines.append(f'198.51.100.{drawn.randrange(80)} - - [{at}] "GET {path} HTTP/1.1" 200 {drawn.randrange(90000)} "-" "curl"\n')
    return "".join(lines).encode()


class Service:
    """A service on a port of its own."""

    def __init__(self, program):
        command = [program, "serve", "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]

    def analyze(self, log):
        request = urllib.request.Request(self.url + "/api/v1/analyze?name=access.log", data=log, method="POST")
        with urllib.request.urlopen(request) as answer:
            return answer.read()

    def resident_kib(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))

    def end(self):
        self.process.terminate()
        return self.process.wait(timeout=60)


def main():
    program, out = map(os.path.abspath, sys.argv[1:3])
    os.makedirs(out, exist_ok=True)
    log = access_log(5000)
    path = os.path.join(out, "access.log")
    with open(path, "wb") as file:
        file.write(log)
    said = subprocess.run([program, "analyze", path, "--format", "json"], stdout=subprocess.PIPE, check=True).stdout

    service = Service(program)
    # What is made once and kept, and what the allocator keeps of as much at once as there will be.
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as clients:
        warm = list(clients.map(service.analyze, [log] * AT_ONCE))
    before = service.resident_kib()
    begun = time.monotonic()
    reports = {service.analyze(log) for _ in range(IN_SEQUENCE)}
    took = time.monotonic() - begun
    after = service.resident_kib()
    print(f"{IN_SEQUENCE} analyses of {len(log)} bytes in sequence: {took:.1f} s; resident {before} KiB before, {after} KiB after")
    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as clients:
        reports.update(warm, clients.map(service.analyze, [log] * AT_ONCE * 2))
    took = time.monotonic() - begun
    last = service.resident_kib()
    print(f"{AT_ONCE * 2} analyses, {AT_ONCE} at once: {took:.1f} s; resident {last} KiB after")
    if reports != {said}:
        sys.exit("a report is not that of the command line")
    print("every report is that of the command line, byte for byte")
    if max(after, last) - before > GROWTH_KIB:
        sys.exit("memory grows")

    checker = os.path.join(os.path.dirname(sys.executable), "schemathesis")
    config = ["--config-file", os.path.join(HERE, "schemathesis.toml")]
    failed = subprocess.run([checker, *config, "run", service.url + "/api/v1/openapi.json", *sys.argv[3:]], cwd=out).returncode
    code = service.end()
    print(f"the service ends with {code}; resident before that {last} KiB")
    sys.exit(failed or code)


if __name__ == "__main__":
    main()
