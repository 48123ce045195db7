"""`abide serve` as the scripts that ask it run it: started on a free port, watched, and stopped. Must not know what they ask."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path


class Server:
    """The program under test, and what the operating system says of it."""

    def __init__(self, program, *arguments, home=None):
        environment = os.environ | ({"ABIDE_HOME": str(home)} if home else {})
        command = [program, "serve", "--port", "0", *arguments]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
        self.log = []
        for line in self.process.stderr:
            self.log.append(line)
            found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", line)
            if found:
                self.port = int(found[1])
                break
        else:
            sys.exit(f"the server did not start: {''.join(self.log)}")
        threading.Thread(target=lambda: self.log.extend(self.process.stderr), daemon=True).start()

    def connect(self, timeout=300):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def post(self, path, body, headers=None, timeout=300):
        """A connection to be closed, and the response on it."""
        connection = self.connect(timeout)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request("POST", path, data, {"Content-Type": "application/json"} | (headers or {}))
        return connection, connection.getresponse()

    def ask(self, path, body):
        """The whole reply, as JSON."""
        connection, response = self.post(path, body)
        reply = json.loads(response.read())
        connection.close()
        if response.status != 200:
            sys.exit(f"{path}: {response.status} {reply}")
        return reply

    def memory_bytes(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024

    def in_flight(self):
        connection = self.connect(timeout=10)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        lines = [line for line in text.splitlines() if line.startswith("abide_answers_")]
        return sum(float(line.split()[-1]) for line in lines)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)
