/// Faults of the library that its next patch releases do not have: (module, text, replacement). Each must be found.
const FIXES: &[(&str, &str, &str)] = &[
    // A time-out that is not a number is refused by the lock.
    ("threading", "                if timeout > 0:\n", "                if not timeout <= 0:\n"),
    // Who does not wait needs no valid time-out.
    (
        "queue",
        "        if timeout is not None and timeout < 0:\n            raise ValueError(\"'timeout' must be a non-negative number\")\n        if not self._count",
        "        timeout = timeout if block else None\n        if timeout is not None and timeout < 0:\n            raise ValueError(\"'timeout' must be a non-negative number\")\n        if not self._count",
    ),
    // An empty chunk can never be sent: the transport would wait for ever.
    (
        "asyncio.selector_events",
        "        self._buffer.extend([memoryview(data) for data in list_of_data])\n",
        "        self._buffer.extend(memoryview(data) for data in list_of_data if len(data))\n        if not self._buffer:\n            return\n",
    ),
    // Blanks may be the delimiter themselves.
    ("configparser", "(?:\\s+(?:(?!{delim})\\S)+)*)", "(?:(?:(?!{delim})\\s)+(?:(?!{delim})\\S)+)*)"),
    // In C the operator `!` binds more than all others.
    (
        "gettext",
        "    nexttok = next(tokens)\n\n    j = 100\n",
        "    if result[:4] == 'not ':\n        result = f'({result})'\n    nexttok = next(tokens)\n\n    j = 100\n",
    ),
    // Addresses with a scope.
    ("ipaddress", "            ip_str = str(self)\n\n", "            ip_str, _ = self._split_scope_id(str(self))\n\n"),
    ("ipaddress", "            ip_str = str(self.ip)\n        else", "            ip_str, _ = self._split_scope_id(str(self.ip))\n        else"),
    (
        "ipaddress",
        "        parts = [hex_str[x:x+4] for x in range(0, 32, 4)]\n        if isinstance(self, (_BaseNetwork, IPv6Interface)):",
        "        parts = [hex_str[x:x+4] for x in range(0, 32, 4)]\n        if not isinstance(self, _BaseNetwork) and self._scope_id:\n            parts[-1] += '%' + self._scope_id\n        if isinstance(self, (_BaseNetwork, IPv6Interface)):",
    ),
    // File names may hold bytes that are no text.
    (
        "nturl2path",
        "urllib.parse.unquote(url.replace('/', '\\\\'))",
        "urllib.parse.unquote(url.replace('/', '\\\\'), errors='surrogateescape')",
    ),
    ("nturl2path", "urllib.parse.quote(drive, safe='/:')", "urllib.parse.quote(drive, safe='/:', errors='surrogateescape')"),
    ("nturl2path", "urllib.parse.quote(tail)", "urllib.parse.quote(tail, errors='surrogateescape')"),
    ("zipapp", "isinstance(new_archive, str)", "isinstance(new_archive, (str, os.PathLike))"),
    ("tabnanny", "errprint(\"Usage:\", sys.argv[0], \"[-v]", "errprint(\"Usage:\", sys.executable, \"-m tabnanny\", \"[-v]"),
    // The visible headers are read from where they begin.
    (
        "mailbox",
        "                vis_generator.flatten(message.get_visible())\n",
        "                vis_generator.flatten(message.get_visible())\n                vis_buffer.seek(0)\n",
    ),
    // What the server answers to a command can still be asked for; its greeting answers none.
    ("imaplib", "self.untagged_responses.pop('CAPABILITY')[-1]", "self.untagged_responses['CAPABILITY'][-1]"),
    (
        "imaplib",
        "        self._refresh_capabilities()\n        if __debug__:",
        "        self._refresh_capabilities()\n        self.untagged_responses.pop('CAPABILITY', None)\n        if __debug__:",
    ),
    // Whatever the compiler raises is shown, the program goes on.
    ("code", "except (OverflowError, SyntaxError, ValueError):", "except Exception:"),
    // An object that hides its class has its type.
    ("_py_abc", "subclass = instance.__class__\n", "subclass = getattr(instance, '__class__', type(instance))\n"),
    // A shell that is not interactive has no prompt.
    (
        "venv/scripts/posix/activate.csh",
        "set _OLD_VIRTUAL_PROMPT=\"$prompt\"\n\nif (! \"$?VIRTUAL_ENV_DISABLE_PROMPT\") then\n    set prompt = \"(\"__VENV_PROMPT__\") $prompt:q\"\nendif\n",
        "if ($?prompt) then\n    set _OLD_VIRTUAL_PROMPT=\"$prompt\"\n\n    if (! \"$?VIRTUAL_ENV_DISABLE_PROMPT\") then\n        set prompt = \"(\"__VENV_PROMPT__\") $prompt:q\"\n    endif\nendif\n",
    ),
];
