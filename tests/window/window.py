"""Drives the real window: finds what is on screen by role and name, presses, types, drops files and takes pictures."""
import os
import pathlib
import subprocess
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402

SHOTS = pathlib.Path(os.environ["FAIRLAKE_SHOTS"])
HERE = pathlib.Path(__file__).parent


class Window:
    """One run of the program."""

    def __init__(self, *args, env=None):
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [os.environ["FAIRLAKE_BIN"], *args], env={**os.environ, **(env or {})}, stdout=subprocess.DEVNULL
        )

    def app(self):
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            app = desktop.get_child_at_index(index)
            try:
                if app and app.get_process_id() == self.process.pid:
                    return app
            except Exception:  # an application that is just leaving the bus
                continue
        return None

    def nodes(self):
        """Every node of the accessibility tree, depth first."""
        app = self.app()
        stack = [app] if app else []
        while stack:
            node = stack.pop()
            try:
                yield node
                children = [node.get_child_at_index(i) for i in range(node.get_child_count())]
            except Exception:  # the tree changed while it was read
                continue
            stack.extend(child for child in reversed(children) if child)

    def find(self, name, role=None, exact=False):
        """The first node whose name contains `name` (or is it), of this role; None when there is none."""
        for node in self.nodes():
            try:
                said = node.get_name() or ""
                if (said == name if exact else name in said) and (role is None or node.get_role_name() == role):
                    return node
            except Exception:
                continue
        return None

    def wait(self, name, role=None, exact=False, seconds=20):
        """The node, once it is there."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(f"the program ended with {self.process.returncode} while waiting for '{name}'")
            node = self.find(name, role, exact)
            if node is not None:
                return node
            time.sleep(0.1)
        self.shot("missing")
        raise AssertionError(f"nothing named '{name}' ({role or 'any role'}) within {seconds} s; on screen: {self.names()}")

    def gone(self, name, role=None, seconds=20):
        """Waits until no such node is left."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.find(name, role) is None:
                return
            time.sleep(0.1)
        raise AssertionError(f"'{name}' is still there after {seconds} s")

    def names(self):
        """What is on screen, for a message."""
        said = []
        for node in self.nodes():
            try:
                if node.get_name():
                    said.append(f"{node.get_role_name()} '{node.get_name()[:60]}'")
            except Exception:
                continue
        return "; ".join(said[:200])

    def press(self, name, role=None, exact=False, seconds=20):
        """Presses a button, tab or the like, once it is there and enabled."""
        end = time.monotonic() + seconds
        node = self.wait(name, role, exact, seconds)
        while not node.get_state_set().contains(Atspi.StateType.ENABLED) and time.monotonic() < end:
            time.sleep(0.1)
            node = self.wait(name, role, exact, seconds)
        action = node.get_action_iface()
        assert action is not None and action.get_n_actions() > 0, f"'{name}' can't be pressed"
        assert action.do_action(0), f"'{name}' did not take the press"
        time.sleep(0.15)

    def click(self, name, role=None, exact=False, button=1):
        """Clicks in the middle of a node with the mouse."""
        box = self.wait(name, role, exact).get_component_iface().get_extents(Atspi.CoordType.SCREEN)
        x, y = box.x + box.width // 2, box.y + box.height // 2
        self.xdotool("mousemove", str(x), str(y), "click", str(button))
        time.sleep(0.15)

    def xdotool(self, *args):
        subprocess.run(["xdotool", *args], check=True)

    def focus(self):
        """Gives the window the keyboard, as a click on its title would: a window manager may not have done so."""
        ask = lambda *args: subprocess.run(["xdotool", *args], capture_output=True, text=True, check=False).stdout.split()
        end = time.monotonic() + 10
        while ask("getwindowfocus", "getwindowpid") != [str(self.process.pid)]:
            assert time.monotonic() < end, "the window does not get the keyboard"
            for window in ask("search", "--all", "--onlyvisible", "--pid", str(self.process.pid), "--name", "Fairlake"):
                self.xdotool("windowactivate", window)
            time.sleep(0.1)

    def keys(self, *keys):
        self.focus()
        for key in keys:
            self.xdotool("key", "--clearmodifiers", key)
            time.sleep(0.1)

    def type(self, text):
        self.focus()
        self.xdotool("type", "--delay", "8", text)
        time.sleep(0.2)

    def fill(self, name, text, exact=False):
        """Replaces what a field holds."""
        self.wait(name, role="entry", exact=exact).get_component_iface().grab_focus()
        self.keys("ctrl+a")
        self.type(text)

    def run(self, sql, editor="SQL"):
        """Puts a statement into the open editor and runs it."""
        self.fill(editor, sql, exact=True)
        self.keys("Escape", "ctrl+Return")

    def cells(self, columns):
        """The values of the grid that are on screen, row by row."""
        found = iter([node.get_name() for node in self.nodes() if node.get_role_name() == "table cell"])
        return list(zip(*[found] * columns))

    def save(self, button, entry, path):
        """Exports through a menu and the save dialog."""
        self.press(button, role="push button", exact=True)
        self.press(entry)
        self.fill("Path", str(path))
        self.press("Save", role="push button", exact=True)
        end = time.monotonic() + 30
        while not path.exists():
            assert time.monotonic() < end, f"{path.name} was not written"
            time.sleep(0.1)

    def drop(self, *paths):
        """Drops files on the window the way a file manager does."""
        subprocess.run(["/usr/bin/python3", str(HERE / "xdnd.py"), *map(str, paths)], check=True)

    def shot(self, name):
        """Takes a picture of the screen."""
        time.sleep(0.3)
        subprocess.run(["import", "-window", "root", str(SHOTS / f"{name}.png")], check=True)

    def cpu_seconds(self):
        """Processor time that the program has used."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self):
        """Closes the window as its user would and waits for the end."""
        self.keys("ctrl+q")
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError("the window did not close within 15 s") from None
