"""reStructuredText to five formats."""

import hashlib


def use():
    from docutils.core import publish_string

    t = 'T\n=\n\npara *em* **b** ``c``\n\n.. note:: hi\n\n* a\n* b\n\n==  ==\na   b\n==  ==\n1   2\n==  ==\n\n.. code:: python\n\n   print(1)\n\n.. math:: x^2\n'
    return [
        hashlib.md5(
            publish_string(
                t,
                writer=w,
                settings_overrides={'_disable_config': 1, 'embed_stylesheet': False, 'stylesheet_path': ''},
            )
            if w != 'html'
            else b''
        ).hexdigest()
        for w in ('html5', 'latex', 'pseudoxml', 'manpage', 'odt' if 0 else 'xml')
    ]


if __name__ == "__main__":
    for part in use():
        print(part)
