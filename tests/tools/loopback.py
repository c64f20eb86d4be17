"""A web server on this machine with one file, which misbehaves as told."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server:
    """Answers every path with `content`.

    Attributes:
        headers: sent with every answer: validators, or none.
        ranges: whether it understands Range (and If-Range).
        cuts: how many bytes of each coming answer are sent before the connection is cut.
        statuses: sent instead of an answer, one after the other.
        wrong_start: how far from what was asked for a range starts.
        asked: the headers of each request.
    """

    def __init__(self, content=b""):
        self.content = content
        self.headers = {"ETag": '"one"'}
        self.ranges = True
        self.cuts, self.statuses, self.asked = [], [], []
        self.wrong_start = 0
        self.sends_length = True
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(dict(self.headers))
                outer.answer(self)

            def log_message(self, *words):
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/MOT16.zip"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, handler):
        if self.statuses:
            handler.send_error(self.statuses.pop(0))
            return
        wanted = handler.headers.get("Range")
        current = handler.headers.get("If-Range") in (*self.headers.values(), None)
        start = 0
        if wanted and self.ranges and current:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if start >= len(self.content):
                handler.send_response(416)
                handler.send_header("Content-Range", f"bytes */{len(self.content)}")
                handler.send_header("Content-Length", "0")
                handler.end_headers()
                return
            start += self.wrong_start
            handler.send_response(206)
            last = len(self.content) - 1
            handler.send_header("Content-Range", f"bytes {start}-{last}/{last + 1}")
        else:
            handler.send_response(200)
        if self.sends_length:
            handler.send_header("Content-Length", str(len(self.content) - start))
        for name, value in self.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        body = self.content[start:]
        handler.wfile.write(body[: self.cuts.pop(0)] if self.cuts else body)

    def ranges_asked(self):
        return [headers.get("Range") for headers in self.asked]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
