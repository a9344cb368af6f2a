"""Line editing and history for input(), over the prompt's own editor.

GNU readline's interface, without its configuration language: parse_and_bind() and read_init_file() accept what they are
given and bind nothing, since the keys are fixed; Tab completes. The editor is imported when a line is read or the
history used: it imports rlcompleter, which imports this module.
"""

import os
import sys

backend = 'readline'
# The interface is that of GNU readline 8.2.
_READLINE_VERSION = _READLINE_RUNTIME_VERSION = 0x0802
_READLINE_LIBRARY_VERSION = ''

_DELIMITERS = ' \t\n`~!@#$%^&*()-=+[{]}\\|;:\'",<>/?'
_completer = None
_delimiters = _DELIMITERS
_limit = -1
_own_history = []
_hooks = {}


def _editor():
    global _completer
    own = _completer
    from _pyrepl import readline
    # The import may have brought rlcompleter along, which makes itself the completer.
    _completer = own
    return readline


def _history():
    """The lines, which the prompt shares once there is one that edits."""
    editor = sys.modules.get('_pyrepl.readline')
    try:
        return _own_history if editor is None else editor._wrapper.get_reader().history
    except Exception:
        return _own_history


def _reader():
    """What edits the present line; None: nothing."""
    editor = sys.modules.get('_pyrepl.readline')
    return None if editor is None else editor._wrapper.reader


def set_completer(function=None, /):
    """Set or remove the completer function: called with a text and 0, 1, 2, ... until it returns no string."""
    global _completer
    _completer = function


def get_completer():
    """Get the current completer function."""
    return _completer


def set_completer_delims(string, /):
    """Set the word delimiters for completion."""
    global _delimiters
    _delimiters = str(string)


def get_completer_delims():
    """Get the word delimiters for completion."""
    return _delimiters


def get_completion_type():
    """Get the type of completion being attempted: always that of Tab."""
    return 9


def set_completion_display_matches_hook(function=None, /):
    """Set or remove the function that displays completions. The editor displays them itself and does not call it."""
    _hooks['display'] = function


def get_begidx():
    """Get the beginning index of the completion scope."""
    return _scope()[0]


def get_endidx():
    """Get the ending index of the completion scope."""
    return _scope()[1]


def _scope():
    reader = _reader()
    if reader is None:
        return 0, 0
    start = end = reader.pos
    while start > 0 and reader.buffer[start - 1] not in _delimiters:
        start -= 1
    return start, end


def get_line_buffer():
    """Return the current contents of the line buffer."""
    reader = _reader()
    return '' if reader is None else reader.get_unicode()


def insert_text(string, /):
    """Insert text into the line buffer at the cursor position."""
    if (reader := _reader()) is not None:
        reader.insert(string)


def redisplay():
    """Change what's displayed on the screen to reflect the current contents of the line buffer."""
    reader = _reader()
    if reader is not None and hasattr(reader, 'screen'):
        reader.refresh()


def parse_and_bind(string, /):
    """Nothing is bound: the keys are fixed."""
    if not isinstance(string, str):
        raise TypeError('a line of text is required')


def read_init_file(filename=None, /):
    """Nothing is read: there is no file that configures the editor."""
    sys.audit('open', '<readline_init_file>' if filename is None else filename, 'r', 0)


def set_auto_history(enabled, /):
    """Enable or disable that lines are added to the history as they are read."""
    from _pyrepl import historical_reader
    historical_reader.should_auto_add_history = bool(enabled)


def add_history(string, /):
    """Add an item to the history."""
    _history().append(string.rstrip('\n'))


def clear_history():
    """Clear the current history."""
    _history().clear()


def get_current_history_length():
    """Return the current (not the maximum) length of the history."""
    return len(_history())


def get_history_item(index, /):
    """Return the item at one-based index, None if there is none."""
    history = _history()
    return history[index - 1] if 1 <= index <= len(history) else None


def _checked(pos):
    if pos < 0:
        raise ValueError('History index cannot be negative')
    history = _history()
    if pos >= len(history):
        raise ValueError(f'No history item at position {pos}')
    return history


def remove_history_item(pos, /):
    """Remove the item at zero-based pos."""
    del _checked(pos)[pos]


def replace_history_item(pos, line, /):
    """Replace the item at zero-based pos."""
    _checked(pos)[pos] = line


def get_history_length():
    """Return the most lines that are written to the history file, negative: all."""
    return _limit


def set_history_length(length, /):
    """Set the most lines that are written to the history file, negative: all."""
    global _limit
    _limit = int(length)


def _history_path(filename, mode):
    sys.audit('open', '~/.history' if filename is None else filename, mode, 0)
    return os.path.expanduser('~/.history') if filename is None else os.fsdecode(filename)


def _lines(items):
    # As the prompt does: the lines of an item of several end with a carriage return.
    return b''.join(item.replace('\n', '\r\n').encode('utf-8', 'surrogateescape') + b'\n' for item in items)


def read_history_file(filename=None, /):
    """Load a history file; the default is ~/.history."""
    with open(_history_path(filename, 'r'), 'rb') as f:
        text = f.read().decode('utf-8', 'surrogateescape')
    _history().extend(item for item in text.replace('\r\n', '\r').split('\n') if item)
    history = _history()
    history[:] = [item.replace('\r', '\n') for item in history]


def write_history_file(filename=None, /):
    """Save the history; the default file is ~/.history."""
    path = _history_path(filename, 'w')
    history = _history()
    with open(path, 'wb') as f:
        f.write(_lines(history if _limit < 0 else history[max(len(history) - _limit, 0):]))


def append_history_file(nelements, filename=None, /):
    """Append the last nelements items of the history to a file."""
    if nelements < 0:
        raise ValueError('nelements must be positive')
    path = _history_path(filename, 'a')
    history = _history()
    with open(path, 'r+b') as f:
        f.seek(0, os.SEEK_END)
        f.write(_lines(history[max(len(history) - nelements, 0):]))
        if _limit >= 0:
            f.seek(0)
            kept = f.read().splitlines(keepends=True)
            f.seek(0)
            f.writelines(kept[max(len(kept) - _limit, 0):])
            f.truncate()


def set_startup_hook(function=None, /):
    """Set or remove the function that is called before a line's prompt is printed."""
    _hooks['startup'] = function


def set_pre_input_hook(function=None, /):
    """Set or remove the function that is called after the prompt is printed, before the first key is read."""
    _hooks['pre_input'] = function


def get_pre_input_hook():
    """Get the function that is called before the first key is read."""
    return _hooks.get('pre_input')


def _before_input():
    for name in ('startup', 'pre_input'):
        if hook := _hooks.get(name):
            hook()


class _NoModules:
    """A completer of the program's own is the only one."""

    def get_completions(self, line):
        return None


def _end_command():
    """What a zero byte does: the terminal makes one of an end of file that is typed before it gives keys one by one."""
    from _pyrepl.commands import FinishCommand

    class EndOfInput(FinishCommand):
        def do(self):
            if not self.reader.buffer:
                self.reader.update_screen()
                self.reader.console.finish()
                raise EOFError

    return EndOfInput


def _input(prompt):
    """What input() calls on a terminal once this module is imported; None: the terminal cannot be edited on."""
    editor = _editor()
    wrapper = editor._wrapper
    try:
        reader = wrapper.get_reader()
    except editor._error:
        return None
    if 'end-of-input' not in reader.commands:
        reader.commands['end-of-input'] = _end_command()
        reader.bind(r'\C-@', 'end-of-input')
    if _own_history:
        reader.history[:0] = _own_history
        _own_history.clear()
    config = wrapper.config
    saved = config.readline_completer, config.completer_delims, config.module_completer, wrapper.startup_hook
    try:
        config.readline_completer, config.completer_delims = _completer, frozenset(_delimiters)
        config.module_completer, wrapper.startup_hook = _NoModules(), _before_input
        reader.ps1 = prompt
        # Prompt and line are as the program and the user write them: colours would draw both anew at each key.
        with reader.suspend_colorization():
            line = reader.readline(startup_hook=_before_input)
    finally:
        config.readline_completer, config.completer_delims, config.module_completer, wrapper.startup_hook = saved
    return line
