#!/usr/bin/env python3
"""Drops files on an X11 window the way a file manager does (the XDND protocol, version 5), without a mouse.

    xdnd.py [--title TEXT | --id WINDOW] [--at X,Y] [--hover SECONDS] FILE...

Needs python-xlib (PyPI) and DISPLAY. Finds the first top-level window whose title contains TEXT and that accepts drops.
--hover keeps the files above the window for that long before the drop, so that a hover hint can be seen.
Exit 0: the target said that it took the drop. 1: it refused or did not answer. 2: usage, or no such window.
"""
import argparse
import pathlib
import sys
import time

from Xlib import X, Xatom, display, error
from Xlib.protocol import event

URI_LIST = "text/uri-list"


class Drop:
    """One drag source: it owns the XdndSelection and answers what the target asks for."""

    def __init__(self, dpy, target, at, data):
        self.dpy, self.target, self.at, self.data = dpy, target, at, data
        self.root = dpy.screen().root
        self.source = self.root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        self.atom = lambda name: dpy.intern_atom(name)
        self.source.set_selection_owner(self.atom("XdndSelection"), X.CurrentTime)

    def send(self, kind, longs):
        """Sends a client message of `kind` to the target; `longs` are its last four fields."""
        message = event.ClientMessage(
            window=self.target, client_type=self.atom(kind), data=(32, [self.source.id, *longs])
        )
        self.target.send_event(message, event_mask=X.NoEventMask)
        self.dpy.flush()

    def answer_selection(self, request):
        """Hands the list of URIs to whoever asks for the selection."""
        if request.target == self.atom(URI_LIST):
            request.requestor.change_property(request.property, request.target, 8, self.data)
            given = request.property
        elif request.target == self.atom("TARGETS"):
            request.requestor.change_property(request.property, Xatom.ATOM, 32, [self.atom(URI_LIST)])
            given = request.property
        else:
            given = X.NONE
        request.requestor.send_event(
            event.SelectionNotify(
                time=request.time, requestor=request.requestor, selection=request.selection,
                target=request.target, property=given,
            )
        )
        self.dpy.flush()

    def wait_for(self, kind, seconds):
        """Serves selection requests until a client message of `kind` arrives; None when none does in time."""
        wanted, end = self.atom(kind), time.monotonic() + seconds
        while time.monotonic() < end:
            while self.dpy.pending_events():
                got = self.dpy.next_event()
                if got.type == X.SelectionRequest:
                    self.answer_selection(got)
                elif got.type == X.ClientMessage and got.client_type == wanted:
                    return got.data[1]
            time.sleep(0.01)
        return None

    def run(self, hover):
        x, y = self.at
        uri_list = self.atom(URI_LIST)
        copy = self.atom("XdndActionCopy")
        self.send("XdndEnter", [5 << 24, uri_list, 0, 0])
        accepted = False
        end = time.monotonic() + max(hover, 0.2)
        while True:
            self.send("XdndPosition", [0, (x << 16) | y, X.CurrentTime, copy])
            status = self.wait_for("XdndStatus", 3.0)
            if status is None:
                return False
            accepted = bool(status[1] & 1)
            if time.monotonic() >= end:
                break
            time.sleep(0.1)
        if not accepted:
            self.send("XdndLeave", [0, 0, 0, 0])
            return False
        self.send("XdndDrop", [0, X.CurrentTime, 0, 0])
        finished = self.wait_for("XdndFinished", 5.0)
        return finished is not None and bool(finished[1] & 1)


def top_levels(window, depth=0):
    """The window and its descendants down to the depth at which window managers put clients."""
    yield window
    if depth < 3:
        try:
            children = window.query_tree().children
        except error.XError:
            return
        for child in children:
            yield from top_levels(child, depth + 1)


def find(dpy, title, window_id):
    if window_id is not None:
        return dpy.create_resource_object("window", window_id)
    aware, name = dpy.intern_atom("XdndAware"), dpy.intern_atom("_NET_WM_NAME")
    for window in top_levels(dpy.screen().root):
        try:
            if window.get_full_property(aware, X.AnyPropertyType) is None:
                continue
            modern = window.get_full_property(name, X.AnyPropertyType)
            text = modern.value.decode("utf-8", "replace") if modern else window.get_wm_name() or ""
        except error.XError:
            continue
        if title.lower() in str(text).lower():
            return window
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--title", default="Fairlake")
    parser.add_argument("--id", type=lambda text: int(text, 0))
    parser.add_argument("--at", help="X,Y on the root window; the middle of the target if left out")
    parser.add_argument("--hover", type=float, default=0.2)
    parser.add_argument("files", nargs="+")
    args = parser.parse_args()

    dpy = display.Display()
    target = find(dpy, args.title, args.id)
    if target is None:
        print(f"no window with '{args.title}' in its title accepts drops", file=sys.stderr)
        return 2
    if args.at:
        at = tuple(int(part) for part in args.at.split(","))
    else:
        box = target.get_geometry()
        origin = target.translate_coords(dpy.screen().root, 0, 0)
        at = (-origin.x + box.width // 2, -origin.y + box.height // 2)
    uris = "".join(pathlib.Path(name).resolve().as_uri() + "\r\n" for name in args.files)
    taken = Drop(dpy, target, at, uris.encode()).run(args.hover)
    print("dropped" if taken else "the window did not take the drop", file=sys.stderr)
    return 0 if taken else 1


if __name__ == "__main__":
    sys.exit(main())
