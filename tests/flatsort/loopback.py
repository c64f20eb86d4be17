"""Local web servers: one that serves a file and misbehaves on demand, and a camera."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2


class Server:
    """Answers every path with `content`.

    Attributes:
        headers: headers of every answer, such as validators.
        ranges: whether the server understands Range and If-Range.
        cuts: per coming answer, the bytes after which the server closes the connection.
        stalls: per coming answer, the bytes after which the server falls silent until it is closed.
        statuses: per coming answer, the status that the server sends instead of content.
        wrong_start: bytes between the requested start of a range and the start of the answer.
        asked: headers of each request.
    """

    def __init__(self, content=b""):
        self.content = content
        self.headers = {"ETag": '"one"'}
        self.ranges = True
        self.cuts, self.stalls, self.statuses, self.asked = [], [], [], []
        self.closing = threading.Event()
        self.wrong_start = 0
        self.sends_length = True
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(dict(self.headers))
                outer.answer(self)

            def log_message(self, *words):
                """Print nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # A client that hangs up is no error, and a client that waits does not delay the end.
        self.server.handle_error = lambda *_: None
        self.server.daemon_threads = True
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
        if self.stalls:
            handler.wfile.write(body[: self.stalls.pop(0)])
            self.closing.wait()
            return
        handler.wfile.write(body[: self.cuts.pop(0)] if self.cuts else body)

    def ranges_asked(self):
        return [headers.get("Range") for headers in self.asked]

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()


class Camera(Server):
    """A web camera, which sends JPEGs one after the other.

    Args:
        images: (H, W, 3) uint8 BGR; the camera waits for each image of the iterable.
    """

    def __init__(self, images):
        super().__init__()
        self.images = images

    def answer(self, handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        handler.end_headers()
        for image in self.images:
            picture = cv2.imencode(".jpg", image)[1].tobytes()
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
            handler.wfile.write(head.encode() + picture + b"\r\n")
